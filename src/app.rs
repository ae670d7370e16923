//! Composition root: starts store, forges, workers, sweep and server. To stop, it takes no more requests and jobs, lets those at hand
//! end, and closes the store last.
//!
//! Settings are read anew by a hand-over: everything but the store and the sockets is made a second time, takes over, and what was
//! there before ends as it does when the service stops. So nothing below knows that settings can change.

mod platforms;
mod sockets;
mod work;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Semaphore;

use crate::analysis::analyse;
use crate::jobs::{self, Contexts, Presence, Worker};
use crate::settings::Settings;
use crate::store::{Store, StoreError, write_turns};
use crate::telemetry::metrics;
use crate::web::{self, SignIn};
pub(crate) use platforms::{identities, platforms};
use sockets::{Listeners, Sockets};
use work::{LAST_WAIT, Work};

/// The service.
pub struct App;

/// The service while it runs. Dropping it stops everything at once; [`Running::shutdown`] is the orderly way.
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    /// Its store.
    pub store: Store,
    /// What each of its workers is a clone of.
    pub worker: Worker,
    settings: Arc<Settings>,
    sign_in: SignIn,
    sockets: Sockets,
    presence: Presence,
    work: Work,
}

impl App {
    /// Starts everything and returns once the service listens.
    ///
    /// # Errors
    /// When the store can't be opened, a platform's settings don't work, or the address is taken.
    pub async fn start(settings: Settings) -> anyhow::Result<Running> {
        // Whoever installed one before has the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        metrics::install();
        let settings = Arc::new(settings);
        let store = Store::open_with(&settings.store, settings.pooling).await?;
        let platforms = platforms(&settings, Some(Arc::new(store.clone())))?;
        let contexts = Contexts::new(settings.context);
        let contexts = if settings.retention.code { contexts } else { contexts.in_memory() };
        let worker = Worker {
            store: store.clone(),
            platforms,
            public_url: settings.public_url.clone(),
            timings: settings.timings,
            analyses: Arc::new(Semaphore::new(cores())),
            retention: settings.retention,
            contexts: Arc::new(contexts),
            analyser: analyse,
        };
        let sockets = Sockets::bind(&settings).await?;
        let addr = sockets.addr()?;
        let identities = identities(&settings, &worker.platforms)?;
        let sign_in = SignIn::new(&store, &settings, identities, addr).await?;
        let mut running = Running {
            addr,
            store,
            worker,
            presence: Presence::new(settings.workers),
            settings,
            sign_in,
            sockets,
            work: Work::default(),
        };
        running.revive().await?;
        let listeners = running.sockets.listen()?;
        running.begin(listeners);
        tracing::info!(%addr, "listening on http://{addr}");
        running.sign_in.tell_one_time_link();
        Ok(running)
    }
}

impl Running {
    /// A link that signs the operator in to the dashboard, once, where that is the way in.
    pub fn one_time_link(&self) -> Option<String> {
        self.sign_in.one_time_link()
    }

    /// Stops accepting, lets running jobs end or hands them back, closes the store.
    pub async fn shutdown(self) {
        tracing::info!("stopping");
        self.work.end(self.settings.timings.grace).await;
        // Otherwise it counts as silent, and is forgotten in a while.
        let _ = tokio::time::timeout(LAST_WAIT, self.presence.end(&self.store)).await;
        self.store.close().await;
        tracing::info!("stopped");
    }

    /// Goes on with other settings: other secrets, other limits. The store and the addresses stay as they are until the service is
    /// started again. Requests and jobs at hand end with the settings that they began with.
    ///
    /// # Errors
    /// When the settings don't work. What was there before goes on then.
    pub async fn reload(&mut self, settings: Settings) -> anyhow::Result<()> {
        let settings = Arc::new(settings);
        let platforms = platforms(&settings, Some(Arc::new(self.store.clone())))?;
        let identities = identities(&settings, &platforms)?;
        let sign_in = SignIn::new(&self.store, &settings, identities, self.addr).await?;
        let listeners = self.sockets.listen()?;
        let grace = self.settings.timings.grace;
        self.worker = Worker {
            platforms,
            public_url: settings.public_url.clone(),
            timings: settings.timings,
            retention: settings.retention,
            ..self.worker.clone()
        };
        (self.settings, self.sign_in) = (settings, sign_in);
        self.presence = self.presence.with_workers(self.settings.workers);
        // First who takes over, so that there is never nobody.
        let before = std::mem::take(&mut self.work);
        self.begin(listeners);
        self.work.spawn(before.end(grace));
        self.sign_in.tell_one_time_link();
        Ok(())
    }

    /// Puts back what died with the process before, or with another one.
    async fn revive(&self) -> Result<(), StoreError> {
        let worker = &self.worker;
        let ahead = self.store.clock_ahead().await?;
        if ahead.abs() > MOST_AHEAD {
            let ahead_s = ahead.num_seconds();
            tracing::warn!(
                ahead_s,
                "this machine's clock differs from PostgreSQL's; set it, or replicas take each other's jobs away"
            );
        }
        let now = Utc::now();
        // In a store of our own, whoever had a lease is dead: we hold the store's lock.
        let expired = if self.store.is_exclusive() { now + FAR } else { now };
        revive(worker, now, expired).await?;
        if self.store.is_exclusive() {
            let mut tx = self.store.begin().await?;
            write_turns::abandon(&mut tx).await?;
            tx.commit().await?;
        }
        self.presence.begin(&self.store).await
    }

    /// Begins to work and to answer, with the settings as they are now.
    fn begin(&mut self, listeners: Listeners) {
        self.start_work();
        self.serve(listeners);
    }

    fn start_work(&mut self) {
        let (work, worker) = (&mut self.work, &self.worker);
        work.until_stopped(tell_for_ever(self.presence.clone(), self.store.clone()));
        for _ in 0..self.settings.workers {
            let worker = worker.clone();
            let (stop, drop_work) = (work.stop.clone(), work.drop_work.clone());
            work.spawn(async move { worker.run(stop, drop_work).await });
        }
        let (store, settings) = (self.store.clone(), self.settings.clone());
        let stop = work.stop.clone();
        work.spawn(async move {
            jobs::listen(&store, settings.database_listen_url.as_ref(), stop).await;
        });
        // Without workers others do the work.
        if self.settings.workers > 0 {
            work.until_stopped(sweep_for_ever(worker.clone()));
            work.until_stopped(warn_for_ever(worker.clone()));
            if self.settings.baseline {
                work.until_stopped(look_for_ever(worker.clone()));
            }
        }
        work.until_stopped(count_for_ever());
    }

    fn serve(&mut self, listeners: Listeners) {
        let limits = web::ConnectionLimits::default();
        let stop = &self.work.stop.clone();
        if let Some(listener) = listeners.metrics {
            let router = web::metrics_router(self.store.clone());
            self.work.spawn(web::serve(listener, router, limits, stop.clone()));
        }
        let forges = self.worker.platforms.all().map(|platform| platform.forge.clone());
        let router = web::router_with(
            self.store.clone(),
            self.settings.clone(),
            self.sign_in.clone(),
            stop.clone(),
            forges.collect(),
        );
        self.work.spawn(web::serve(listeners.pages, router, limits, stop.clone()));
    }
}

/// By how much the clocks of this machine and of the store may differ without a word: far less than a lease.
const MOST_AHEAD: TimeDelta = TimeDelta::seconds(5);
/// Further ahead than any lease reaches.
const FAR: TimeDelta = TimeDelta::days(1000);

/// How often measurements are folded together.
const UPKEEP: Duration = Duration::from_secs(5);
const EVERY_DAY: Duration = Duration::from_secs(24 * 3600);

async fn sweep_for_ever(worker: Worker) {
    loop {
        let now = Utc::now();
        if let Err(error) = jobs::sweep(&worker, now, now).await {
            tracing::warn!(%error, "the sweep failed");
        }
        tokio::time::sleep(worker.timings.sweep).await;
    }
}

/// Keeps what is measured small, also while nobody reads it.
async fn count_for_ever() {
    loop {
        tokio::time::sleep(UPKEEP).await;
        metrics::upkeep();
    }
}

/// Tells that this process lives.
async fn tell_for_ever(presence: Presence, store: Store) {
    loop {
        if let Err(error) = presence.tell(&store).await {
            tracing::debug!(%error, "it is not noted that this process lives");
        }
        tokio::time::sleep(jobs::TOLD_EVERY).await;
    }
}

/// Tells at start and every day what an operator has to see to.
async fn warn_for_ever(worker: Worker) {
    loop {
        jobs::warn(&worker, Utc::now()).await;
        tokio::time::sleep(EVERY_DAY).await;
    }
}

/// Looks at default branches, one after the other.
async fn look_for_ever(worker: Worker) {
    loop {
        match jobs::baseline(&worker, Utc::now()).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "default branches were not looked at"),
        }
        tokio::time::sleep(worker.timings.sweep).await;
    }
}

async fn revive(
    worker: &Worker,
    now: DateTime<Utc>,
    expired: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut tx = worker.store.begin().await?;
    crate::store::jobs::revive(&mut tx, now, expired).await?;
    tx.commit().await
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
