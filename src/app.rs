//! Composition root: starts store, forges, workers, sweeper and server; stops them in reverse order.
//!
//! The pages and webhooks come from `web::router(store: Store, settings: Arc<Settings>) -> axum::Router`.

use std::net::SocketAddr;

use crate::settings::Settings;
use crate::store::Store;

/// The service.
pub struct App;

/// The service while it runs.
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    /// Its store.
    pub store: Store,
}

impl App {
    /// Starts everything and returns once the service listens.
    pub async fn start(_settings: Settings) -> anyhow::Result<Running> {
        anyhow::bail!("not there yet")
    }
}

impl Running {
    /// Stops accepting, lets running jobs end or hands them back, closes the store.
    pub async fn shutdown(self) {}
}
