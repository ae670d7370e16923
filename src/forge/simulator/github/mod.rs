//! GitHub's REST and GraphQL interfaces, as far as the service uses them, with their refusals.

use axum::Router;

use super::Simulator;
use super::model::State;
use super::webhooks::{Event, Payload};

/// What only this interface knows: tokens, pending reviews.
#[derive(Debug, Default)]
pub struct Extra {}

/// All routes, at their full paths (`/repos/{owner}/{name}/...` and the same below `/api/v3`).
pub fn router() -> Router<Simulator> {
    Router::new()
}

/// The delivery for what happened to a pull request; `url` is where the platform is served.
pub fn payload(
    _state: &State,
    _url: &str,
    _repository: i64,
    _number: i64,
    _event: &Event,
) -> Payload {
    Payload { event: "ping".to_owned(), body: serde_json::json!({}) }
}
