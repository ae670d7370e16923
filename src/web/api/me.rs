//! Who calls.

use axum::Json;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::words::Scope;
use crate::store::access_tokens::AccessToken;

/// The caller, as the service knows it.
#[derive(Serialize, ToSchema)]
pub(super) struct Me {
    /// Login of the person; null where nobody has to sign in.
    login: Option<String>,
    /// Whether the service's own state is theirs to see and change.
    is_admin: bool,
    /// What the caller may do.
    scopes: Vec<Scope>,
    /// The access token that was sent; null for a session's cookie.
    token: Option<Token>,
}

/// An access token.
#[derive(Serialize, ToSchema)]
struct Token {
    /// What its person calls it.
    name: String,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

impl Token {
    fn new(token: AccessToken) -> Self {
        let AccessToken { name, created_at, expires_at, .. } = token;
        Self { name, created_at, expires_at }
    }
}

/// Shows who calls
///
/// Any access token may ask, whatever its scopes.
#[utoipa::path(
    get,
    path = "/api/v1/me",
    tag = "me",
    operation_id = "show_me",
    responses((status = 200, description = "The caller", body = Me)),
    security(("access_token" = []))
)]
pub(super) async fn show(caller: Caller) -> Json<Me> {
    Json(Me {
        login: caller.login,
        is_admin: caller.is_admin,
        scopes: caller.scopes.into_iter().map(Scope).collect(),
        token: caller.token.map(Token::new),
    })
}
