//! Who looks at a page, and what they may see.

use std::any::Any;

use askama::Template;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::response::Html;

use super::{Web, WebError};
use crate::store::Sees;

/// Who looks. A handler that takes one is open to nobody else.
#[derive(Debug, Clone)]
#[allow(dead_code, reason = "signing in fills them")]
pub(super) struct Viewer {
    /// Their row; `None` where nobody has to sign in.
    pub(super) person: Option<i64>,
    /// Their login.
    pub(super) login: Option<String>,
    /// Which repositories.
    pub(super) sees: Sees,
    /// Whether the service's own state is theirs to see and change.
    pub(super) is_admin: bool,
    /// What each of their forms has to send as `form_token`, so that no other site's form is theirs.
    pub(super) form_token: String,
}

impl Viewer {
    /// A page for them; `base.html` knows who they are.
    pub(super) fn page(&self, template: &impl Template) -> Result<Html<String>, WebError> {
        Ok(Html(template.render_with_values(&("viewer", self as &dyn Any))?))
    }
}

impl FromRequestParts<Web> for Viewer {
    type Rejection = WebError;

    async fn from_request_parts(_parts: &mut Parts, _web: &Web) -> Result<Self, WebError> {
        Ok(Self {
            person: None,
            login: None,
            sees: Sees::All,
            is_admin: true,
            form_token: String::new(),
        })
    }
}

impl OptionalFromRequestParts<Web> for Viewer {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Option<Self>, WebError> {
        <Self as FromRequestParts<Web>>::from_request_parts(parts, web).await.map(Some)
    }
}

/// A viewer who is an admin; others find nothing here.
pub(super) struct Admin(pub(super) Viewer);

impl FromRequestParts<Web> for Admin {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, WebError> {
        let viewer = <Viewer as FromRequestParts<Web>>::from_request_parts(parts, web).await?;
        match viewer.is_admin {
            true => Ok(Self(viewer)),
            false => Err(WebError::NotFound("there is no such page")),
        }
    }
}
