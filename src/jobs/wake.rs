//! Hears of jobs that other processes put into the queue.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgListener, PgPool};
use tokio_util::sync::CancellationToken;

use crate::store::Store;
use crate::store::jobs::{CHANNEL, SHOUT};

/// The wait before listening again after the connection was lost. Meanwhile workers poll.
const AGAIN: Duration = Duration::from_secs(5);
/// How long a call to ourselves may take before it counts as not heard.
const ECHO: Duration = Duration::from_secs(3);

/// Rings this process's bell for each job that any process enqueues, until `stop`. The embedded store has one process
/// and needs no listener.
///
/// Behind a pooler in transaction mode a listener hears nothing. `direct` is a URL that leads past it; without one the
/// workers look for jobs more often.
pub async fn listen(store: &Store, direct: Option<&SecretString>, stop: CancellationToken) {
    let Some(pool) = store.postgres() else { return };
    let listening = async {
        store.hears(false);
        if direct.is_some() || !store.is_pooled() {
            while let Err(error) = hear(store, pool, direct).await {
                store.hears(false);
                tracing::warn!(%error, "not hearing of new jobs; polling instead");
                tokio::time::sleep(AGAIN).await;
            }
        }
        tracing::warn!(
            "PostgreSQL's notifications don't get through the pooler: new jobs are looked for more often. \
             ASYNCWARDEN_DATABASE_LISTEN_URL may lead past it"
        );
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = listening => {}
    }
}

/// Listens until the connection is lost; ends without an error when nothing can be heard over it.
async fn hear(
    store: &Store,
    pool: &PgPool,
    direct: Option<&SecretString>,
) -> Result<(), sqlx::Error> {
    let mut listener = match direct {
        Some(url) => PgListener::connect(url.expose_secret()).await?,
        None => PgListener::connect_with(pool).await?,
    };
    // Lost connections are an error here, since what was said meanwhile must be looked for.
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    sqlx::raw_sql(SHOUT).execute(pool).await?;
    if tokio::time::timeout(ECHO, listener.recv()).await.is_err() {
        return Ok(());
    }
    store.hears(true);
    loop {
        // What was enqueued before is looked for now.
        store.bell().notify_one();
        if listener.try_recv().await?.is_none() {
            return Err(sqlx::Error::PoolClosed);
        }
    }
}
