//! The HTTP server: webhooks, health, dashboard, API.
//!
//! ```text
//! webhooks            verify, store, answer
//! dashboard, rules    pages for people; templates in `templates`, charts by svg
//! api                 the same for programs
//! live, badge         what open pages and other sites ask for
//! sign_in, account    who somebody is; viewer: what they may see
//! setup               makes a GitHub App
//! health, metrics     for what watches the service
//! requests, error     what holds for every request; what is answered when one fails
//! server              connections and their bounds
//! ```

mod access_token;
mod account;
mod api;
pub(crate) mod assets;
mod badge;
mod dashboard;
mod error;
mod health;
mod live;
pub(crate) mod markdown;
mod metrics;
pub(crate) mod requests;
mod rules;
mod server;
pub(crate) mod setup;
pub(crate) mod sign_in;
mod svg;
mod viewer;
mod webhooks;

pub use error::WebError;
pub use metrics::router as metrics_router;
pub use server::{ConnectionLimits, serve};
pub use sign_in::SignIn;
pub(crate) use webhooks::replay;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::routing::get;
use tokio_util::sync::CancellationToken;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

use crate::forge::Forge;
use crate::forge::webhook::Receivers;
use crate::settings::Settings;
use crate::store::Store;

/// How long a request may take: less than a slow sender, more than any page of ours needs.
const LONGEST: Duration = Duration::from_secs(30);

/// What handlers need.
#[derive(Clone)]
pub struct Web {
    store: Store,
    settings: Arc<Settings>,
    receivers: Receivers,
    creations: setup::Creations,
    sign_in: SignIn,
    streams: live::Streams,
    metrics_read: metrics::Read,
    /// The platforms' clients, to be asked whether they work.
    forges: Arc<[Arc<dyn Forge>]>,
}

/// All routes of the service, without platforms that could be asked whether they work. What is sent without an end is, when
/// the service is to stop.
pub fn router(
    store: Store,
    settings: Arc<Settings>,
    sign_in: SignIn,
    stop: CancellationToken,
) -> Router {
    router_with(store, settings, sign_in, stop, Vec::new())
}

/// The same, with the platforms' clients.
pub fn router_with(
    store: Store,
    settings: Arc<Settings>,
    sign_in: SignIn,
    stop: CancellationToken,
    forges: Vec<Arc<dyn Forge>>,
) -> Router {
    let layers = ServiceBuilder::new()
        .layer(axum::middleware::from_fn(requests::log))
        .layer(axum::middleware::from_fn(requests::secure))
        .layer(axum::middleware::from_fn(api::answer))
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, LONGEST))
        .layer(CompressionLayer::new())
        .layer(axum::middleware::from_fn(error::explain))
        // Webhooks read their bodies themselves, up to their own limit; nothing else takes one.
        .layer(DefaultBodyLimit::max(0));
    let here = settings.metrics_listen.is_none();
    let metrics = if here { metrics::routes() } else { Router::new() };
    Router::new()
        .merge(metrics)
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .merge(webhooks::routes())
        .merge(dashboard::routes())
        .merge(account::routes())
        .merge(api::routes())
        .merge(setup::routes())
        .merge(sign_in::routes())
        .merge(badge::routes())
        .route("/rules", get(rules::list))
        .route("/rules/{code}", get(rules::show))
        .merge(assets::routes())
        .merge(live::routes())
        .fallback(dashboard::no_such_page)
        .layer(layers)
        .with_state(Web {
            store,
            receivers: settings.receivers(),
            settings,
            creations: setup::Creations::default(),
            sign_in,
            streams: live::Streams::until(stop),
            metrics_read: metrics::Read::default(),
            forges: forges.into(),
        })
}
