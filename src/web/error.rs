//! What a request is answered when it can't be served: a text for the sender, the cause for the log.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
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

/// The same for a person.
#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    title: &'static str,
    said: &'a str,
    /// Whether the same request may succeed later.
    later: bool,
}

/// Answers browsers with a page where programs get a line.
pub(super) async fn explain(request: Request, next: Next) -> Response {
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let is_browser = accepts.is_some_and(|accepts| accepts.contains("text/html"));
    let response = next.run(request).await;
    match response.extensions().get::<Cause>().cloned() {
        Some(Cause(error)) if is_browser => error.page(response),
        _ => response,
    }
}

impl WebError {
    /// Puts a page in the place of the answer's line.
    fn page(&self, response: Response) -> Response {
        let title = match self.status() {
            StatusCode::NOT_FOUND => "Not found",
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => "Not allowed",
            StatusCode::SERVICE_UNAVAILABLE => "Not available now",
            status if status.is_server_error() => "Something went wrong",
            _ => "That can't be answered",
        };
        let later = self.status() == StatusCode::SERVICE_UNAVAILABLE;
        let Ok(page) = (ProblemPage { title, said: &sentence(&self.to_string()), later }).render()
        else {
            return response;
        };
        let (mut parts, _) = response.into_parts();
        parts.headers.remove(header::CONTENT_LENGTH);
        let kind = HeaderValue::from_static("text/html; charset=utf-8");
        parts.headers.insert(header::CONTENT_TYPE, kind);
        Response::from_parts(parts, Body::from(page))
    }
}

/// With a capital letter.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
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
