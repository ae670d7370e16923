//! What a person sees of the simulated platform in a browser.

use axum::Router;
use axum::http::StatusCode;

use super::Simulator;

/// Pages at the platforms' paths.
pub(super) fn router() -> Router<Simulator> {
    Router::new().fallback(|| async { StatusCode::NOT_FOUND })
}
