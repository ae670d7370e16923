//! Time moves on until nothing is left to do.

use std::sync::Arc;
use std::time::Duration;

use asyncwarden::forge::call::Waits;
use asyncwarden::forge::github::{GitHub, GitHubConfig};
use asyncwarden::forge::gitlab::{GitLab, GitLabConfig};
use asyncwarden::forge::simulator::{APP_ID, APP_PRIVATE_KEY, BOT_TOKEN, State};
use asyncwarden::forge::{Forge, ForgeKind};
use asyncwarden::jobs::sweep;
use asyncwarden::store::jobs;
use chrono::{DateTime, TimeDelta, Utc};

use super::scenes::Scene;
use crate::database;
use crate::whole_way::world::World;

const SOON: Duration = Duration::from_secs(60);
/// More rounds than anything needs.
const ROUNDS: i32 = 40;

impl World {
    /// A client that knows nothing of limits that an earlier one met, as after a start.
    pub(super) fn reconnect(&mut self, timeout: Duration) {
        let url = self.simulator.url().to_owned();
        let waits = Waits::NONE;
        let forge: Arc<dyn Forge> = match self.forge {
            ForgeKind::GitHub => {
                let config = GitHubConfig::new(url, APP_ID.to_string(), APP_PRIVATE_KEY.into());
                let config = GitHubConfig { waits, timeout, ..config };
                Arc::new(GitHub::new(&config).unwrap())
            }
            ForgeKind::GitLab => {
                let config = GitLabConfig::new(url, BOT_TOKEN.into());
                let config = GitLabConfig { waits, timeout, diff_waits: Vec::new(), ..config };
                Arc::new(GitLab::new(&config).unwrap())
            }
        };
        let platforms = &mut self.service.worker.platforms;
        let mut platform = platforms.get(self.forge).unwrap().clone();
        platform.forge = forge;
        platforms.insert(platform);
    }

    /// Works, sweeps, and waits for what is to come, until that is nothing.
    pub(super) async fn come_to_rest(&mut self, scene: Scene) -> Vec<String> {
        let mut now = Utc::now();
        for _ in 0..ROUNDS {
            let worked = self.work().await;
            sweep(&self.service.worker, now, Utc::now()).await.unwrap();
            let due = self.next_due().await;
            match due {
                Some(due) => self.pass(due - Utc::now()).await,
                None if worked == 0 && self.open_gates() == 0 && scene.has_come(self) => {
                    return Vec::new();
                }
                None => {}
            }
            if scene.waits_for_the_sweep() {
                // It looks for lost deliveries when it is time.
                now += TimeDelta::minutes(11);
                let sent = |state: &State| {
                    (state.github.deliveries.len() > state.github.asked).then_some(())
                };
                self.simulator.wait_for(SOON, sent).await.unwrap();
                let hold = self.simulator.state().longest_hold();
                self.pass(hold).await;
            }
        }
        let (due, gates) = (self.next_due().await, self.open_gates());
        vec![format!("it never came to rest: next job {due:?}, {gates} gates open")]
    }

    async fn next_due(&self) -> Option<DateTime<Utc>> {
        let mut tx = self.service.store.read().await.unwrap();
        jobs::next_due(&mut tx).await.unwrap()
    }

    /// Lets a wait be over: for the platform, for the queue, and for the client, which is another process's by then.
    async fn pass(&mut self, wait: TimeDelta) {
        self.simulator.state().clock_offset += wait.max(TimeDelta::zero());
        let waited =
            "UPDATE jobs SET run_at = created_at WHERE state = 'queued'; DELETE FROM lane_holds";
        database::change(&self.settings.store, waited).await;
        self.reconnect(Duration::from_secs(60));
    }
}
