//! What goes wrong during a soak: the platform fails, processes are killed, PostgreSQL restarts or cuts its connections.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use asyncwarden::forge::simulator::Fault;
use rand::RngExt;
use tokio::time::{Instant, sleep_until};

use super::super::fleet::Fleet;
use super::Store;
use super::scene::Scene;
use super::tally::Tally;
use super::watch::Watch;

/// How often the platform is to fail.
const FAULTS: Duration = Duration::from_millis(1500);
/// How long PostgreSQL is away.
const AWAY: Duration = Duration::from_secs(3);
/// How often what the platform was asked is counted, and faults that never came are forgotten.
const COUNTED: Duration = Duration::from_secs(20);

pub struct Trouble<'a> {
    pub scene: &'a Scene,
    pub fleet: &'a Fleet,
    pub store: &'a Store,
    pub watch: &'a Watch,
    pub tally: &'a Mutex<Tally>,
    /// Held while something is down: who starts while PostgreSQL is away gives up.
    pub one_at_a_time: tokio::sync::Mutex<()>,
}

impl Trouble<'_> {
    /// Makes trouble until the end. Returns what it was, in a line.
    pub async fn make(&self, end: Instant, apart: Duration) -> String {
        let (faults, kills, (restarts, cut), ()) = tokio::join!(
            self.faults(end),
            self.kills(end, apart),
            self.store_troubles(end, apart),
            self.count(end),
        );
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        tally.take(self.scene);
        format!(
            "trouble: {faults} faults planned, {} of {} calls of the platform failed, {kills} processes killed, PostgreSQL restarted {restarts} times, {cut} connections cut",
            tally.failed, tally.requests
        )
    }

    async fn faults(&self, end: Instant) -> usize {
        let (mut chance, mut planned) = (self.scene.chance(7000), 0);
        while until(Instant::now() + FAULTS, end).await {
            self.scene.plan_fault(&mut chance);
            if chance.random_bool(0.05) {
                // Longer than a client waits.
                let fault = Fault::SlowAfter(Duration::from_secs(40));
                self.scene.simulator.state().faults.next("GET", "*", fault);
            }
            planned += 1;
        }
        planned
    }

    async fn count(&self, end: Instant) {
        while until(Instant::now() + COUNTED, end).await {
            self.tally.lock().unwrap_or_else(PoisonError::into_inner).take(self.scene);
            self.scene.simulator.state().faults.clear();
        }
    }

    /// Kills all but the first in turn.
    async fn kills(&self, end: Instant, apart: Duration) -> usize {
        let (others, mut killed) = (self.fleet.len() - 1, 0);
        while others > 0 && until(Instant::now() + apart, end).await {
            let _alone = self.one_at_a_time.lock().await;
            self.fleet.kill_and_start(1 + killed % others).await;
            killed += 1;
        }
        killed
    }

    async fn store_troubles(&self, end: Instant, apart: Duration) -> (usize, i64) {
        let (mut restarts, mut cut) = (0, 0);
        let Some(server) = self.store.server() else { return (0, 0) };
        let mut next = Instant::now() + apart.mul_f64(0.4);
        while until(next, end).await {
            {
                let _alone = self.one_at_a_time.lock().await;
                tokio::task::block_in_place(|| server.tell("stop"));
                tokio::time::sleep(AWAY).await;
                tokio::task::block_in_place(|| server.tell("start"));
            }
            restarts += 1;
            if !until(next + apart.mul_f64(0.8), end).await {
                break;
            }
            let _alone = self.one_at_a_time.lock().await;
            cut += self.watch.cut_off().await.unwrap_or_default();
            next += apart * 2;
        }
        (restarts, cut)
    }
}

/// Waits; `false` when the end comes first.
pub async fn until(then: Instant, end: Instant) -> bool {
    sleep_until(then.min(end)).await;
    then < end
}
