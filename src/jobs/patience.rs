//! How long a review computes, so that no change takes the worker down.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio_util::sync::{CancellationToken, DropGuard};

/// How long analyses may go on that somebody waits for.
pub(super) struct Patience {
    time: Arc<Time>,
    /// Whoever stops waiting stops the analysis, too: it holds a place among them.
    _waiting: DropGuard,
}

/// The same, for the thread that analyses.
#[derive(Debug)]
pub(super) struct Time {
    until: Option<Instant>,
    gone: CancellationToken,
    over: AtomicBool,
}

impl Patience {
    pub(super) fn new(longest: Duration) -> Self {
        let gone = CancellationToken::new();
        let waiting = gone.clone().drop_guard();
        let time =
            Time { until: Instant::now().checked_add(longest), gone, over: AtomicBool::new(false) };
        Self { time: Arc::new(time), _waiting: waiting }
    }

    pub(super) fn time(&self) -> Arc<Time> {
        self.time.clone()
    }

    /// Whether an analysis was told to end.
    pub(super) fn is_over(&self) -> bool {
        self.time.over.load(Ordering::Relaxed)
    }
}

impl Time {
    /// Whether to go on; once it is no, it stays no.
    pub(super) fn goes_on(&self) -> bool {
        let late = self.until.is_some_and(|until| Instant::now() >= until);
        if late || self.gone.is_cancelled() {
            self.over.store(true, Ordering::Relaxed);
        }
        !self.over.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_analysis_ends_with_its_time_and_with_whoever_waits_for_it() {
        let patience = Patience::new(Duration::from_secs(3600));
        let time = patience.time();
        assert!(time.goes_on() && !patience.is_over());
        drop(patience);
        assert!(!time.goes_on());
        let late = Patience::new(Duration::ZERO);
        assert!(!late.time().goes_on() && late.is_over());
    }
}
