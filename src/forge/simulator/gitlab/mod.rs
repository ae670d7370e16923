//! GitLab's REST interface, as far as the service uses them, with its refusals.

use axum::Router;

use super::Simulator;
use super::model::State;
use super::webhooks::{Event, Payload};

/// What only this interface knows: draft notes, pipelines.
#[derive(Debug, Default)]
pub struct Extra {}

/// All routes, at their full paths (`/api/v4/projects/{id}/...`).
pub fn router() -> Router<Simulator> {
    Router::new()
}

/// The delivery for what happened to a merge request; `url` is where the platform is served.
pub fn payload(
    _state: &State,
    _url: &str,
    _repository: i64,
    _number: i64,
    _event: &Event,
) -> Payload {
    Payload { event: "Merge Request Hook".to_owned(), body: serde_json::json!({}) }
}
