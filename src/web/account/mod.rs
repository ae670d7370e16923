//! `/account`: what belongs to the person who signed in.

mod tokens;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use super::{Web, WebError};

/// Most bytes of a form.
const FORM: usize = 4096;

/// The pages' routes.
pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(tokens::PAGE, get(tokens::show).post(tokens::create))
        .route("/account/tokens/{id}/revoke", post(tokens::revoke))
        .layer(DefaultBodyLimit::max(FORM))
}
