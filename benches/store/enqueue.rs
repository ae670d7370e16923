//! Deliveries stored and their jobs put into the queue, each in a transaction that is on the disk when it ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use asyncwarden::forge::ForgeKind;
use asyncwarden::store::deliveries::{self, Delivery, Outcome};
use asyncwarden::store::jobs::{self, Asked};
use asyncwarden::store::{Store, StoreError};
use chrono::Utc;

/// How long each case is measured.
const SPAN: Duration = Duration::from_secs(8);
/// Bytes of a usual call.
const PAYLOAD: usize = 20_000;
/// Calls speak of so many change requests in turn, so that most find their job waiting, and some do not.
const CHANGES: i64 = 5_000;

/// So many at a time, for a while.
pub(super) async fn per_second(store: &Store, clients: usize) -> anyhow::Result<f64> {
    let next = Arc::new(AtomicI64::new(0));
    let start = Instant::now();
    let clients = (0..clients).map(|_| {
        let (store, next) = (store.clone(), next.clone());
        tokio::spawn(async move {
            while start.elapsed() < SPAN {
                enqueue(&store, next.fetch_add(1, Ordering::Relaxed)).await?;
            }
            Ok::<_, StoreError>(())
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await??;
    }
    Ok(next.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64())
}

async fn enqueue(store: &Store, number: i64) -> Result<(), StoreError> {
    let key = uuid::Uuid::new_v4().to_string();
    let payload = vec![b'x'; PAYLOAD];
    let delivery = Delivery {
        forge: ForgeKind::GitHub,
        id: &key,
        event: "pull_request",
        action: Some("synchronize"),
        repository: Some(number % 50),
        payload: Some(&payload),
        outcome: Outcome::Queued,
        received_at: Utc::now(),
    };
    let mut tx = store.begin().await?;
    deliveries::store(&mut tx, &delivery).await?;
    jobs::enqueue(&mut tx, &super::change(number % CHANGES), Asked::Changed, Utc::now()).await?;
    tx.commit().await
}
