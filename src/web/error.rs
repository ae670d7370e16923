//! What a request is answered when it can't be served: a text for the sender, the cause for the log.

use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::forge::ForgeError;
use crate::store::StoreError;

/// Why a request can't be served. The sender reads the text; what is behind it goes to the log.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// The sender did not prove who it is.
    #[error("not authenticated: {0}")]
    Unauthenticated(&'static str),
    /// The page needs somebody who is signed in; a browser is sent to the ways in, and then to this page.
    #[error("sign in first")]
    SignInFirst(String),
    /// Nobody is signed in.
    #[error("not signed in")]
    NotSignedIn,
    /// The form is not one that we gave to this session.
    #[error("this form is of another site, or of an earlier session; load the page again")]
    ForeignForm,
    /// It can't be asked what somebody can read; the same request may succeed later.
    #[error("it is not known now what you can read there; try again in a moment")]
    IdentityAway(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The sender is known, and may not do this.
    #[error("{0}")]
    Forbidden(&'static str),
    /// The sender's token is not for this.
    #[error("the access token lacks the scope `{0}`")]
    MissingScope(&'static str),
    /// The request is authentic, but not what it should be.
    #[error("{0}")]
    Malformed(String),
    /// The body is longer than we take.
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
    /// There is nothing here.
    #[error("{0}")]
    NotFound(&'static str),
    /// The store can't be reached; the same request may succeed later.
    #[error("the store is away")]
    StoreAway(#[source] StoreError),
    /// The platform can't be asked what has to be known; the same request may succeed later.
    #[error("the platform can't be asked now")]
    PlatformAway(#[source] ForgeError),
    /// Too many have something open; the same request may succeed later.
    #[error("too many pages are open")]
    Busy,
    /// Our own mistake.
    #[error("something went wrong on our side")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The cause of a failed request, on its way to the request's log line.
#[derive(Clone)]
pub(super) struct Cause(pub(super) Arc<WebError>);

impl WebError {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            WebError::Unauthenticated(_) | WebError::NotSignedIn => StatusCode::UNAUTHORIZED,
            WebError::SignInFirst(_) => StatusCode::SEE_OTHER,
            WebError::ForeignForm | WebError::Forbidden(_) | WebError::MissingScope(_) => {
                StatusCode::FORBIDDEN
            }
            WebError::Malformed(_) => StatusCode::BAD_REQUEST,
            WebError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            WebError::NotFound(_) => StatusCode::NOT_FOUND,
            WebError::StoreAway(_)
            | WebError::PlatformAway(_)
            | WebError::IdentityAway(_)
            | WebError::Busy => StatusCode::SERVICE_UNAVAILABLE,
            WebError::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<StoreError> for WebError {
    fn from(error: StoreError) -> Self {
        if error.is_away() { WebError::StoreAway(error) } else { WebError::Internal(error.into()) }
    }
}

impl From<askama::Error> for WebError {
    fn from(error: askama::Error) -> Self {
        WebError::Internal(error.into())
    }
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let mut response = (self.status(), format!("{self}\n")).into_response();
        if let WebError::SignInFirst(to) = &self {
            let to = utf8_percent_encode(to, NON_ALPHANUMERIC);
            return Redirect::to(&format!("/sign-in?to={to}")).into_response();
        }
        if self.status() == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("10"));
        }
        response.extensions_mut().insert(Cause(Arc::new(self)));
        response
    }
}
