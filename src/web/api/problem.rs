//! Errors as programs read them: RFC 9457 problems. Here alone it is decided which error becomes which.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::forget_body;
use crate::web::WebError;
use crate::web::error::Cause;

/// The media type of problems.
pub(super) const MEDIA_TYPE: &str = "application/problem+json";

/// Why a request was not served (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Problem {
    /// What kind of problem it is: an address on the page that explains the API.
    #[schema(example = "/api#invalid-request")]
    r#type: String,
    /// The kind in a few words.
    #[schema(example = "Invalid request")]
    title: &'static str,
    /// The answer's status.
    #[schema(example = 400, minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong with this request.
    #[schema(example = "limit: a whole number from 1 to 100 is allowed here")]
    detail: String,
}

/// A kind of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    /// Its name in addresses.
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) status: StatusCode,
    /// What to do about it.
    pub(super) advice: &'static str,
}

const fn kind(
    name: &'static str,
    title: &'static str,
    status: StatusCode,
    advice: &'static str,
) -> Kind {
    Kind { name, title, status, advice }
}

const INVALID: Kind = kind(
    "invalid-request",
    "Invalid request",
    StatusCode::BAD_REQUEST,
    "A parameter is unknown, given twice, or not of the values that are allowed; `detail` says which, and what is.",
);
const NOT_AUTHENTICATED: Kind = kind(
    "not-authenticated",
    "Not authenticated",
    StatusCode::UNAUTHORIZED,
    "No access token was sent, or one that is unknown, revoked or over its time.",
);
const MISSING_SCOPE: Kind = kind(
    "missing-scope",
    "Missing scope",
    StatusCode::FORBIDDEN,
    "The access token is not for this: make one with the scope that the operation asks for.",
);
const FORBIDDEN: Kind = kind(
    "forbidden",
    "Forbidden",
    StatusCode::FORBIDDEN,
    "The caller is known and may not do this.",
);
const NOT_FOUND: Kind = kind(
    "not-found",
    "Not found",
    StatusCode::NOT_FOUND,
    "There is no such thing, or it belongs to a repository that the caller can't read.",
);
const NOT_ALLOWED: Kind = kind(
    "method-not-allowed",
    "Method not allowed",
    StatusCode::METHOD_NOT_ALLOWED,
    "The resource has no such method; the header `Allow` names those that it has.",
);
const TIMED_OUT: Kind = kind(
    "timed-out",
    "Timed out",
    StatusCode::REQUEST_TIMEOUT,
    "The answer took too long to make.",
);
const TOO_LARGE: Kind = kind(
    "too-large",
    "Too large",
    StatusCode::PAYLOAD_TOO_LARGE,
    "The request has a body that is longer than what is taken.",
);
const UNAVAILABLE: Kind = kind(
    "unavailable",
    "Unavailable for now",
    StatusCode::SERVICE_UNAVAILABLE,
    "Something that the service needs is away: ask again after the seconds in `Retry-After`.",
);
const INTERNAL: Kind = kind(
    "internal",
    "Internal error",
    StatusCode::INTERNAL_SERVER_ERROR,
    "A mistake of the service's own, which is in its log.",
);

/// All kinds.
pub(super) const KINDS: [Kind; 10] = [
    INVALID,
    NOT_AUTHENTICATED,
    MISSING_SCOPE,
    FORBIDDEN,
    NOT_FOUND,
    NOT_ALLOWED,
    TIMED_OUT,
    TOO_LARGE,
    UNAVAILABLE,
    INTERNAL,
];

impl Kind {
    fn of_error(error: &WebError) -> Self {
        match error {
            WebError::Malformed(_) => INVALID,
            WebError::Unauthenticated(_) | WebError::NotSignedIn | WebError::SignInFirst(_) => {
                NOT_AUTHENTICATED
            }
            WebError::MissingScope(_) => MISSING_SCOPE,
            WebError::Forbidden(_) | WebError::ForeignForm => FORBIDDEN,
            WebError::NotFound(_) => NOT_FOUND,
            WebError::TooLarge(_) => TOO_LARGE,
            WebError::StoreAway(_)
            | WebError::PlatformAway(_)
            | WebError::IdentityAway(_)
            | WebError::Busy => UNAVAILABLE,
            WebError::Internal(_) => INTERNAL,
        }
    }

    /// The kind of an answer that no resource of ours gave.
    fn of_status(status: StatusCode) -> Self {
        let other = if status.is_client_error() { INVALID } else { INTERNAL };
        KINDS.into_iter().find(|kind| kind.status == status).unwrap_or(other)
    }
}

/// The problem that an answer is about. What its headers say stays.
pub(super) fn of(response: Response, proven: bool) -> Response {
    let (mut parts, _) = response.into_parts();
    let cause = parts.extensions.get::<Cause>();
    let kind = cause.map_or_else(|| Kind::of_status(parts.status), |it| Kind::of_error(&it.0));
    let detail = cause.map_or_else(|| kind.advice.to_owned(), |it| it.0.to_string());
    let problem = Problem {
        r#type: format!("/api#{}", kind.name),
        title: kind.title,
        status: parts.status.as_u16(),
        detail,
    };
    forget_body(&mut parts.headers);
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    if let Some(challenge) = challenge(kind, proven) {
        parts.headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    // A problem is four short texts: nothing of it can fail to be written.
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    Response::from_parts(parts, Body::from(body))
}

/// What a caller is asked to prove itself with (RFC 6750).
fn challenge(kind: Kind, proven: bool) -> Option<&'static str> {
    match kind {
        NOT_AUTHENTICATED if proven => {
            Some("Bearer realm=\"asyncwarden\", error=\"invalid_token\"")
        }
        NOT_AUTHENTICATED => Some("Bearer realm=\"asyncwarden\""),
        MISSING_SCOPE => Some("Bearer realm=\"asyncwarden\", error=\"insufficient_scope\""),
        _ => None,
    }
}
