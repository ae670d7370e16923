//! Workers and servers that began together, and end together.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// The wait for jobs that were told to hand back.
pub(super) const LAST_WAIT: Duration = Duration::from_secs(5);

/// Tasks of one set of settings. Dropping it cuts them off.
#[derive(Default)]
pub(super) struct Work {
    /// No new requests and jobs.
    pub(super) stop: CancellationToken,
    /// Jobs at hand are handed back.
    pub(super) drop_work: CancellationToken,
    tasks: JoinSet<()>,
}

impl Work {
    /// Does something that ends by itself, soon after all is to stop.
    pub(super) fn spawn(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    /// Does something until all is to stop.
    pub(super) fn until_stopped(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            stop.run_until_cancelled_owned(task).await;
        });
    }

    /// Ends what is at hand, or hands it back after the grace.
    pub(super) async fn end(mut self, grace: Duration) {
        self.stop.cancel();
        if tokio::time::timeout(grace, ended(&mut self.tasks)).await.is_err() {
            self.drop_work.cancel();
            // Handing back is one statement; what hangs longer is cut off, and its lease runs out.
            let _ = tokio::time::timeout(LAST_WAIT, ended(&mut self.tasks)).await;
        }
        self.tasks.shutdown().await;
    }
}

async fn ended(tasks: &mut JoinSet<()>) {
    while tasks.join_next().await.is_some() {}
}
