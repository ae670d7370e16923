//! `/api/v1`: everything on the pages, for programs.
//!
//! ```text
//! answer       what holds for every answer: problems, entity tags
//! caller       who asks, and what they may
//! extract      what they ask for
//! values       the parameters' types, words those with a fixed list of values
//! page         lists, and the way through them
//! description  the whole as OpenAPI
//! guide        the same as a page
//! ```
//!
//! The other files are the resources.

mod answer;
mod caller;
mod change_requests;
mod default_branch;
mod description;
mod extract;
mod findings;
mod guide;
mod index;
mod me;
mod names;
mod operations;
mod page;
mod pauses;
mod problem;
mod repositories;
mod reviews;
mod rules;
mod trends;
mod values;
mod words;

pub(super) use answer::answer;
pub(super) use caller::is_operator;

use axum::Router;
use axum::routing::{any, get};
use tower::limit::GlobalConcurrencyLimitLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Web, WebError};

/// How many calls are answered at a time: deliveries and pages must find free connections to the store, however much
/// programs ask for.
const AT_A_TIME: usize = 4;

/// The routes with their descriptions.
fn operations() -> OpenApiRouter<Web> {
    OpenApiRouter::default()
        .routes(routes!(index::show))
        .routes(routes!(index::description))
        .routes(routes!(me::show))
        .routes(routes!(repositories::list))
        .routes(routes!(repositories::show))
        .routes(routes!(trends::trend))
        .routes(routes!(trends::flow))
        .routes(routes!(trends::rules))
        .routes(routes!(trends::passes))
        .routes(routes!(trends::files))
        .routes(routes!(trends::checklist))
        .routes(routes!(default_branch::show))
        .routes(routes!(findings::kept))
        .routes(routes!(change_requests::list))
        .routes(routes!(reviews::list))
        .routes(routes!(change_requests::show))
        .routes(routes!(reviews::show))
        .routes(routes!(findings::list))
        .routes(routes!(rules::list))
        .routes(routes!(rules::show))
        .routes(routes!(operations::show))
        .routes(routes!(operations::dead_letters))
        .routes(routes!(operations::redrive))
        .routes(routes!(pauses::pause))
        .routes(routes!(pauses::resume))
}

/// The API's routes, and the page that explains it.
pub(super) fn routes() -> Router<Web> {
    Router::from(operations())
        .route("/api", get(index::page))
        .route("/api/{*rest}", any(nothing))
        .layer(GlobalConcurrencyLimitLayer::new(AT_A_TIME))
}

async fn nothing() -> WebError {
    WebError::NotFound("there is no such resource")
}
