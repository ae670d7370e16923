//! The time from the commit that enqueues a job until a waiting worker has it.
//!
//! The worker is the real one. It knows no platform, so that it gives each job up as soon as it has it. On PostgreSQL it
//! belongs to another process than the one that enqueues, as far as the store can tell.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};

use asyncwarden::analysis::analyse;
use asyncwarden::jobs::{Contexts, Platforms, Worker, listen};
use asyncwarden::settings::{Settings, StoreSettings};
use asyncwarden::store::Store;
use asyncwarden::store::jobs::{self, Asked};
use chrono::Utc;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tracing::span::{Attributes, Id};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

const ROUNDS: usize = 400;
/// Long enough for the worker to wait again.
const REST: Duration = Duration::from_millis(25);

/// Tells when work on a job begins: the worker opens a span for it once it has it.
struct Begun(Sender<Instant>);

impl<S: tracing::Subscriber> Layer<S> for Begun {
    fn on_new_span(&self, span: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        if span.metadata().name() == "job" {
            // Nobody hears of it any more when the measuring is over.
            let _ = self.0.send(Instant::now());
        }
    }
}

/// How long each of many jobs waited.
pub(super) async fn latencies(
    store: &Store,
    settings: &StoreSettings,
) -> anyhow::Result<Vec<Duration>> {
    let (sender, begun) = mpsc::channel();
    let _heard = tracing_subscriber::registry().with(Begun(sender)).set_default();
    // The embedded store can't be opened twice.
    let workers_store =
        if store.is_exclusive() { store.clone() } else { Store::open(settings).await? };
    let defaults = Settings::on(settings.clone());
    let worker = Worker {
        store: workers_store.clone(),
        platforms: Platforms::default(),
        public_url: None,
        timings: defaults.timings,
        retention: defaults.retention,
        analyses: Arc::new(Semaphore::new(1)),
        contexts: Arc::new(Contexts::new(defaults.context)),
        analyser: analyse,
    };
    // What was enqueued before is given up, too.
    worker.run_until_idle().await?;
    begun.try_iter().for_each(drop);
    let stop = CancellationToken::new();
    let working = worker.run(stop.clone(), CancellationToken::new());
    let listening = listen(&workers_store, None, stop.clone());
    let (_, _, took) = tokio::join!(working, listening, async {
        let took = measure(store, &begun).await;
        stop.cancel();
        took
    });
    if !store.is_exclusive() {
        workers_store.close().await;
    }
    took
}

async fn measure(store: &Store, begun: &Receiver<Instant>) -> anyhow::Result<Vec<Duration>> {
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut took = Vec::with_capacity(ROUNDS);
    for round in 0..ROUNDS {
        let mut tx = store.begin().await?;
        jobs::enqueue(&mut tx, &super::change(round as i64), Asked::Changed, Utc::now()).await?;
        tx.commit().await?;
        let committed = Instant::now();
        tokio::time::sleep(REST).await;
        let begun = loop {
            match begun.try_recv() {
                Ok(begun) => break begun,
                Err(_) => tokio::time::sleep(REST).await,
            }
        };
        took.push(begun.saturating_duration_since(committed));
    }
    Ok(took)
}
