//! Composition root: starts store, forges, workers, sweeper and server; stops them in reverse order.
//!
//! Settings are read anew by a hand-over: everything but the store and the sockets is made a second time, takes over, and what was
//! there before ends as it does when the service stops. So nothing below knows that settings can change.

use std::net::{SocketAddr, TcpListener as StdTcpListener};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::analysis::analyse;
use crate::forge::Forge;
use crate::forge::github::{GitHub, GitHubConfig, GitHubIdentity};
use crate::forge::gitlab::{GitLab, GitLabConfig, GitLabIdentity};
use crate::forge::identity::IdentityProvider;
use crate::forge::identity::oidc::OidcIdentity;
use crate::forge::ledger::Ledger;
use crate::jobs::{self, Contexts, Platform, Platforms, Presence, Worker};
use crate::review::Marker;
use crate::settings::Settings;
use crate::store::{Store, StoreError, write_turns};
use crate::telemetry::metrics;
use crate::web::{self, SignIn};

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
    /// No new requests and jobs.
    stop: CancellationToken,
    /// Jobs at hand are handed back.
    drop_work: CancellationToken,
    tasks: JoinSet<()>,
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
        if platforms.is_empty() {
            tracing::warn!("neither GitHub nor GitLab is set up: there is only the dashboard");
        }
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
        let addr = sockets.pages.local_addr().context("the listener has no address")?;
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
            stop: CancellationToken::new(),
            drop_work: CancellationToken::new(),
            tasks: JoinSet::new(),
        };
        running.revive().await?;
        running.start_work();
        running.serve()?;
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
        let work = Work { stop: self.stop, drop_work: self.drop_work, tasks: self.tasks };
        work.end(self.settings.timings.grace).await;
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
        let grace = self.settings.timings.grace;
        self.worker = Worker {
            platforms,
            public_url: settings.public_url.clone(),
            timings: settings.timings,
            retention: settings.retention,
            ..self.worker.clone()
        };
        (self.settings, self.sign_in) = (settings, sign_in);
        let before = Work {
            stop: std::mem::take(&mut self.stop),
            drop_work: std::mem::take(&mut self.drop_work),
            tasks: std::mem::take(&mut self.tasks),
        };
        // First who takes over, so that there is never nobody.
        self.start_work();
        self.serve()?;
        self.tasks.spawn(before.end(grace));
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

    fn start_work(&mut self) {
        let (presence, store, stop) =
            (self.presence.clone(), self.store.clone(), self.stop.clone());
        self.tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = tell_for_ever(&presence, &store) => {}
            }
        });
        for _ in 0..self.settings.workers {
            let (worker, stop) = (self.worker.clone(), self.stop.clone());
            let drop_work = self.drop_work.clone();
            self.tasks.spawn(async move { worker.run(stop, drop_work).await });
        }
        let (store, stop) = (self.store.clone(), self.stop.clone());
        let settings = self.settings.clone();
        self.tasks.spawn(async move {
            jobs::listen(&store, settings.database_listen_url.as_ref(), stop).await;
        });
        let (worker, stop) = (self.worker.clone(), self.stop.clone());
        self.tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = sweep_for_ever(&worker) => {}
            }
        });
        if self.settings.workers > 0 {
            let (worker, stop) = (self.worker.clone(), self.stop.clone());
            self.tasks.spawn(async move {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = warn_for_ever(&worker) => {}
                }
            });
        }
        // Without workers others do the work.
        if self.settings.baseline && self.settings.workers > 0 {
            let (worker, stop) = (self.worker.clone(), self.stop.clone());
            self.tasks.spawn(async move {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = look_for_ever(&worker) => {}
                }
            });
        }
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = count_for_ever() => {}
            }
        });
    }

    fn serve(&mut self) -> anyhow::Result<()> {
        let listener = another(&self.sockets.pages)?;
        if let Some(socket) = &self.sockets.metrics {
            let listener = another(socket)?;
            let router = web::metrics_router(self.store.clone());
            let stop = self.stop.clone();
            let server = axum::serve(listener, router);
            let server = server.with_graceful_shutdown(stop.cancelled_owned());
            self.tasks.spawn(async move { report(server.await) });
        }
        let forges = self.worker.platforms.all().map(|platform| platform.forge.clone());
        let router = web::router_with(
            self.store.clone(),
            self.settings.clone(),
            self.sign_in.clone(),
            self.stop.clone(),
            forges.collect(),
        );
        let stop = self.stop.clone();
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let server = axum::serve(listener, service).with_graceful_shutdown(stop.cancelled_owned());
        self.tasks.spawn(async move { report(server.await) });
        Ok(())
    }
}

/// Where the service is reached, for as long as the process lives.
struct Sockets {
    pages: StdTcpListener,
    /// Where metrics are told, if not beside the pages.
    metrics: Option<StdTcpListener>,
}

impl Sockets {
    async fn bind(settings: &Settings) -> anyhow::Result<Self> {
        let metrics = match &settings.metrics_listen {
            Some(address) => Some(bind(address).await?),
            None => None,
        };
        Ok(Self { pages: bind(&settings.listen).await?, metrics })
    }
}

async fn bind(address: &str) -> anyhow::Result<StdTcpListener> {
    let listener = TcpListener::bind(address).await;
    let listener = listener.with_context(|| format!("cannot listen on {address}"))?;
    Ok(listener.into_std()?)
}

/// One more listener at the same socket.
fn another(socket: &StdTcpListener) -> anyhow::Result<TcpListener> {
    Ok(TcpListener::from_std(socket.try_clone()?)?)
}

fn report(ended: std::io::Result<()>) {
    if let Err(error) = ended {
        tracing::error!(%error, "the server ended");
    }
}

/// Workers and servers that began together.
struct Work {
    stop: CancellationToken,
    drop_work: CancellationToken,
    tasks: JoinSet<()>,
}

impl Work {
    /// Ends what is at hand, or hands it back after the grace.
    async fn end(mut self, grace: Duration) {
        self.stop.cancel();
        if tokio::time::timeout(grace, ended(&mut self.tasks)).await.is_err() {
            self.drop_work.cancel();
            // Handing back is one statement; what hangs longer is cut off, and its lease runs out.
            let _ = tokio::time::timeout(LAST_WAIT, ended(&mut self.tasks)).await;
        }
        self.tasks.shutdown().await;
    }
}

/// The wait for jobs that were told to hand back.
const LAST_WAIT: Duration = Duration::from_secs(5);
/// By how much the clocks of this machine and of the store may differ without a word: far less than a lease.
const MOST_AHEAD: TimeDelta = TimeDelta::seconds(5);
/// Further ahead than any lease reaches.
const FAR: TimeDelta = TimeDelta::days(1000);

/// How often measurements are folded together.
const UPKEEP: Duration = Duration::from_secs(5);
const EVERY_DAY: Duration = Duration::from_secs(24 * 3600);

async fn ended(tasks: &mut JoinSet<()>) {
    while tasks.join_next().await.is_some() {}
}

async fn sweep_for_ever(worker: &Worker) {
    loop {
        let now = Utc::now();
        if let Err(error) = jobs::sweep(worker, now, now).await {
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
async fn tell_for_ever(presence: &Presence, store: &Store) {
    loop {
        tokio::time::sleep(jobs::TOLD_EVERY).await;
        if let Err(error) = presence.tell(store).await {
            tracing::debug!(%error, "it is not noted that this process lives");
        }
    }
}

/// Tells at start and every day what an operator has to see to.
async fn warn_for_ever(worker: &Worker) {
    loop {
        jobs::warn(worker, Utc::now()).await;
        tokio::time::sleep(EVERY_DAY).await;
    }
}

/// Looks at default branches, one after the other.
async fn look_for_ever(worker: &Worker) {
    loop {
        match jobs::baseline(worker, Utc::now()).await {
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

/// The platforms that the settings name; what all processes know of their accounts is in the ledger, if there is one.
pub(crate) fn platforms(
    settings: &Settings,
    ledger: Option<Arc<dyn Ledger>>,
) -> anyhow::Result<Platforms> {
    let mut platforms = Platforms::default();
    if let Some(github) = &settings.github {
        let config = GitHubConfig {
            waits: settings.timings.calls,
            ledger: ledger.clone(),
            authorities: settings.authorities.clone(),
            ..GitHubConfig::new(
                github.api_url.as_str(),
                github.app_id.to_string(),
                github.private_key.clone(),
            )
        };
        let forge: Arc<dyn Forge> = Arc::new(GitHub::new(&config)?);
        platforms.insert(Platform { forge, marker: Marker::new(github.marker_keys()) });
    }
    if let Some(gitlab) = &settings.gitlab {
        let public_url = settings.public_url.as_ref();
        let config = GitLabConfig {
            waits: settings.timings.calls,
            ledger,
            authorities: settings.authorities.clone(),
            token_file: gitlab.token_file.clone(),
            webhook_url: public_url.map(|url| format!("{url}/webhooks/gitlab")),
            ..GitLabConfig::new(gitlab.url.as_str(), gitlab.token.clone())
        };
        let forge: Arc<dyn Forge> = Arc::new(GitLab::new(&config)?);
        platforms.insert(Platform { forge, marker: Marker::new(gitlab.marker_keys()) });
    }
    Ok(platforms)
}

/// Who vouches for people.
pub(crate) fn identities(
    settings: &Settings,
    platforms: &Platforms,
) -> anyhow::Result<Vec<Arc<dyn IdentityProvider>>> {
    let (sign_in, authorities) = (&settings.sign_in, &settings.authorities);
    let mut providers: Vec<Arc<dyn IdentityProvider>> = Vec::new();
    if let (Some(client), Some(github)) = (&sign_in.github, &settings.github) {
        let provider = GitHubIdentity::new(&github.api_url, client.clone(), authorities)?;
        providers.push(Arc::new(provider));
    }
    if let (Some(client), Some(gitlab)) = (&sign_in.gitlab, &settings.gitlab) {
        let provider = GitLabIdentity::new(&gitlab.url, client.clone(), authorities)?;
        providers.push(Arc::new(provider));
    }
    if let Some(oidc) = &sign_in.oidc {
        let platform = oidc.platform.and_then(|forge| platforms.get(forge));
        let provider = OidcIdentity::new(
            &oidc.issuer,
            oidc.client.clone(),
            oidc.login_claim.clone(),
            platform.map(|platform| platform.forge.clone()),
            authorities,
        )?;
        providers.push(Arc::new(provider));
    }
    Ok(providers)
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
