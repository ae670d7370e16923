//! The way in where there is no provider: a link that the service prints, which works once.

use std::sync::{Mutex, PoisonError};

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::Utc;
use serde::Deserialize;
use subtle::ConstantTimeEq;

use super::flow::{SignedIn, sign_in as begin_session};
use super::{Back, page, random_text};
use crate::forge::identity::Identity;
use crate::web::{Web, WebError};

/// Who vouches for whoever has the link.
pub(super) const PROVIDER: &str = "local";
/// What they are called.
const OPERATOR: &str = "operator";

/// The token of the link.
pub(super) struct Local(Mutex<String>);

impl Default for Local {
    fn default() -> Self {
        Self(Mutex::new(random_text()))
    }
}

impl Local {
    /// Path of the page that signs in.
    pub(super) fn path(&self) -> String {
        let token = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        format!("/sign-in/local?token={token}")
    }

    /// Uses the token up; another takes its place. `false` when it is another one.
    fn take(&self, given: &str) -> bool {
        let mut token = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is = bool::from(token.as_bytes().ct_eq(given.as_bytes()));
        if is {
            *token = random_text();
        }
        is
    }
}

/// What the link holds.
#[derive(Deserialize)]
pub(super) struct Given {
    #[serde(default)]
    token: String,
}

/// `GET /sign-in/local`: signs in whoever has the link.
pub(super) async fn sign_in(
    State(web): State<Web>,
    Query(given): Query<Given>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    if !web.sign_in.is_local() {
        return page::no_provider();
    }
    if !web.sign_in.0.local.take(&given.token) {
        return page::used_up();
    }
    web.sign_in.tell_one_time_link();
    let identity = Identity { subject: OPERATOR.to_owned(), login: OPERATOR.to_owned() };
    let by = SignedIn { provider: PROVIDER, identity: &identity, grant: None };
    let cookies = web.sign_in.cookies(&headers);
    begin_session(&web, cookies, by, &Back::to(None), Utc::now()).await
}
