//! Composition root: starts store, forges, workers, sweeper and server; stops them in reverse order.

use std::net::SocketAddr;
use std::sync::Arc;

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
use crate::jobs::{self, Contexts, Platform, Platforms, Worker};
use crate::review::Marker;
use crate::settings::Settings;
use crate::store::{Store, StoreError, write_turns};
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
        let settings = Arc::new(settings);
        let store = Store::open_with(&settings.store, settings.pooling).await?;
        let platforms = platforms(&settings, &store)?;
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
        let listener = TcpListener::bind(&settings.listen)
            .await
            .with_context(|| format!("cannot listen on {}", settings.listen))?;
        let addr = listener.local_addr().context("the listener has no address")?;
        let identities = identities(&settings, &worker.platforms)?;
        let sign_in = SignIn::new(&store, &settings, identities, addr).await?;
        let mut running = Running {
            addr,
            store,
            worker,
            settings,
            sign_in,
            stop: CancellationToken::new(),
            drop_work: CancellationToken::new(),
            tasks: JoinSet::new(),
        };
        running.start_workers().await?;
        running.serve(listener);
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
    pub async fn shutdown(mut self) {
        tracing::info!("stopping");
        self.stop.cancel();
        let grace = self.settings.timings.grace;
        if tokio::time::timeout(grace, ended(&mut self.tasks)).await.is_err() {
            self.drop_work.cancel();
            // Handing back is one statement; what hangs longer is cut off, and its lease runs out.
            let _ = tokio::time::timeout(LAST_WAIT, ended(&mut self.tasks)).await;
        }
        self.tasks.shutdown().await;
        self.store.close().await;
        tracing::info!("stopped");
    }

    async fn start_workers(&mut self) -> Result<(), StoreError> {
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
        for _ in 0..self.settings.workers {
            let (worker, stop) = (worker.clone(), self.stop.clone());
            let drop_work = self.drop_work.clone();
            self.tasks.spawn(async move { worker.run(stop, drop_work).await });
        }
        let (store, stop) = (self.store.clone(), self.stop.clone());
        let settings = self.settings.clone();
        self.tasks.spawn(async move {
            jobs::listen(&store, settings.database_listen_url.as_ref(), stop).await;
        });
        let (worker, stop) = (worker.clone(), self.stop.clone());
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
        Ok(())
    }

    fn serve(&mut self, listener: TcpListener) {
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
        self.tasks.spawn(async move {
            if let Err(error) = server.await {
                tracing::error!(%error, "the server ended");
            }
        });
    }
}

/// The wait for jobs that were told to hand back.
const LAST_WAIT: std::time::Duration = std::time::Duration::from_secs(5);
/// By how much the clocks of this machine and of the store may differ without a word: far less than a lease.
const MOST_AHEAD: TimeDelta = TimeDelta::seconds(5);
/// Further ahead than any lease reaches.
const FAR: TimeDelta = TimeDelta::days(1000);

const EVERY_DAY: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

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

/// The platforms that the settings name.
fn platforms(settings: &Settings, store: &Store) -> anyhow::Result<Platforms> {
    let mut platforms = Platforms::default();
    let ledger: Arc<dyn Ledger> = Arc::new(store.clone());
    let ledger = Some(ledger);
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
fn identities(
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
