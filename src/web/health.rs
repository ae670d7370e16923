//! Whether the service is well, for what watches it.

use axum::extract::State;

use super::{Web, WebError};

/// `GET /healthz`: the process runs.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the store answers, its schema is the one of this version (no store opens without that).
pub(super) async fn ready(State(web): State<Web>) -> Result<&'static str, WebError> {
    web.store.ping().await.map_err(WebError::StoreAway)?;
    Ok("ready\n")
}
