//! Hears of jobs that other processes put into the queue.

use std::time::Duration;

use sqlx::postgres::{PgListener, PgPool};
use tokio_util::sync::CancellationToken;

use crate::store::Store;
use crate::store::jobs::CHANNEL;

/// The wait before listening again after the connection was lost. Meanwhile workers poll.
const AGAIN: Duration = Duration::from_secs(5);

/// Rings this process's bell for each job that any process enqueues, until `stop`. The embedded store has one process
/// and needs no listener.
pub async fn listen(store: &Store, stop: CancellationToken) {
    let Some(pool) = store.postgres() else { return };
    let listening = async {
        loop {
            if let Err(error) = hear(store, pool).await {
                tracing::warn!(%error, "not hearing of new jobs; polling instead");
            }
            tokio::time::sleep(AGAIN).await;
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = listening => {}
    }
}

async fn hear(store: &Store, pool: &PgPool) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    // What was enqueued before is looked for now.
    store.bell().notify_waiters();
    loop {
        listener.recv().await?;
        store.bell().notify_waiters();
    }
}
