//! What the load does, and how it is measured.
//!
//! ```text
//! knee, replay, soak    the three modes
//! soak_traffic          what people do meanwhile
//! soak_trouble          what goes wrong meanwhile
//! soak_visitors         who looks at pages meanwhile, and who means ill
//! code                  repositories and what change requests do to them
//! post                  deliveries
//! tally                 what the platform is asked
//! process               what a process takes, by `/proc`
//! watch                 how the store stands, seen from outside
//! numbers               percentiles, slopes
//! ```

pub mod knee;
pub mod replay;
pub mod soak;

mod code;
mod numbers;
mod post;
mod process;
mod samples;
mod soak_traffic;
mod soak_trouble;
mod soak_visitors;
mod tally;
mod watch;

use std::time::Duration;

use asyncwarden::settings::StoreSettings;

use super::fleet::{Fleet, Launch};
use super::scene::Scene;
use super::server::Server;
use super::{ends, scene};
use watch::Watch;

/// Where the service keeps everything.
pub struct Store {
    home: Home,
    settings: StoreSettings,
    /// What else the service has in its environment.
    pub environment: Vec<(&'static str, String)>,
}

/// What the store is in, gone with it.
enum Home {
    Folder(tempfile::TempDir),
    Server(Server),
}

impl Store {
    /// A file in a folder of its own.
    pub fn embedded() -> Self {
        Self::at(Home::Folder(tempfile::tempdir().unwrap()))
    }

    /// A server of its own, for which what is committed is on the disk.
    pub fn postgres() -> Self {
        Self::at(Home::Server(Server::start(&["-c", "fsync=on", "-c", "full_page_writes=on"])))
    }

    fn at(home: Home) -> Self {
        let settings = match &home {
            Home::Folder(folder) => StoreSettings::Embedded(folder.path().to_owned()),
            Home::Server(server) => server.settings(),
        };
        Self { home, settings, environment: Vec::new() }
    }

    fn name(&self) -> &'static str {
        match &self.home {
            Home::Folder(_) => "embedded store",
            Home::Server(_) => "PostgreSQL",
        }
    }

    /// The server that it is on, if it is on one.
    fn server(&self) -> Option<&Server> {
        match &self.home {
            Home::Folder(_) => None,
            Home::Server(server) => Some(server),
        }
    }

    /// Starts processes with an operator's usual waits, except where `more` says otherwise.
    async fn serve(
        &self,
        scene: &Scene,
        replicas: usize,
        more: &[(&'static str, String)],
    ) -> Fleet {
        let usual = [
            ("ASYNCWARDEN_LEASE_SECS", "60"),
            ("ASYNCWARDEN_SWEEP_SECS", "30"),
            ("ASYNCWARDEN_POLL_SECS", "5"),
            ("ASYNCWARDEN_RETRY_SECS", "1"),
            ("ASYNCWARDEN_LONGEST_RETRY_SECS", "60"),
            ("ASYNCWARDEN_ATTEMPTS", "10"),
            ("ASYNCWARDEN_WORKERS", "4"),
            ("ASYNCWARDEN_DASHBOARD", "open"),
        ];
        let mut environment = scene.environment();
        environment.extend(usual.map(|(name, value)| (name, value.to_owned())));
        environment.extend(self.environment.iter().cloned());
        environment.extend(more.iter().cloned());
        Fleet::start(replicas, Launch::on(&self.settings, environment)).await
    }
}

/// How often it is looked whether all is done.
const LOOK: Duration = Duration::from_millis(200);

/// Waits until no job is left and every newest head has its gate. Fails after so long.
async fn drained(scene: &Scene, watch: &Watch, fleet: &Fleet, longest: Duration) {
    let begun = tokio::time::Instant::now();
    loop {
        let queue = watch.queue().await;
        let live = queue.as_ref().map_or(-1, |queue| queue.queued + queue.running);
        let open = scene.open_gates();
        let unseen = ends::without_gate(scene);
        if (live, open, unseen) == (0, 0, 0) {
            return;
        }
        assert!(
            begun.elapsed() < longest,
            "{live} jobs, {open} open gates, {unseen} heads without one are left after {longest:?}: {queue:?}\n{}",
            fleet.log().tail()
        );
        tokio::time::sleep(LOOK).await;
    }
}

/// The machine's load, for the reader of a figure.
fn load_average() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("?").to_owned()
}
