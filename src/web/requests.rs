//! What holds for every request: a number, one span with its log line, and headers that keep browsers careful.

use std::error::Error;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use tracing::{Instrument, Level};
use uuid::Uuid;

use super::error::{Cause, WebError};
use crate::telemetry::metrics::{ERRORS, HTTP_REQUESTS, HTTP_SECONDS};
use crate::telemetry::trace_id;

/// The header that has a request's number, from whoever passed it on and to whoever sent it.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longest number of somebody else's that is taken, in bytes.
const LONGEST_ID: usize = 64;

/// Runs the request in a span and logs how it ended: our failures as errors, refusals as warnings, the rest quietly. The answer
/// tells the request's number, by which its log lines are found.
pub(super) async fn log(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let route = route.unwrap_or("none").to_owned();
    let method = known(request.method());
    let id = request_id(request.headers());
    let span = tracing::info_span!(
        "request",
        otel.kind = "server",
        request.id = id,
        trace.id = tracing::field::Empty,
        http.method = method,
        http.route = route,
        http.status = tracing::field::Empty,
    );
    if let Some(trace) = trace_id(&span) {
        span.record("trace.id", trace);
    }
    let started = Instant::now();
    async move {
        let mut response = next.run(request).await;
        let status = response.status();
        tracing::Span::current().record("http.status", status.as_u16());
        HTTP_REQUESTS.count([route.clone(), method.to_owned(), status.as_u16().to_string()]);
        HTTP_SECONDS.observe(started.elapsed(), [route]);
        if let Some(kind) = error_kind(&response) {
            ERRORS.count([kind]);
        }
        if let Ok(id) = HeaderValue::try_from(id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        let cause = response.extensions().get::<Cause>().map(|cause| chain(&*cause.0));
        let cause = cause.as_deref().unwrap_or_default();
        let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        match status.as_u16() {
            500.. => tracing::error!(took_ms, cause, "request failed"),
            401 | 408 | 413 => tracing::warn!(took_ms, cause, "request refused"),
            _ => tracing::event!(Level::DEBUG, took_ms, cause, "request served"),
        }
        response
    }
    .instrument(span)
    .await
}

/// The number that a proxy of ours gave the request, else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
    let is_plain = |id: &&str| {
        (1..=LONGEST_ID).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    given.filter(is_plain).map_or_else(|| Uuid::now_v7().to_string(), str::to_owned)
}

/// The method, if it is one of HTTP's own: senders may make up others.
fn known(method: &Method) -> &'static str {
    let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    methods.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

/// The word that a request which failed is counted under.
fn error_kind(response: &Response) -> Option<&'static str> {
    let cause = response.extensions().get::<Cause>().map(|cause| &*cause.0);
    match (cause, response.status().as_u16()) {
        (Some(WebError::StoreAway(_)), _) => Some("store"),
        (_, 500) => Some("page"),
        _ => None,
    }
}

/// The error and what is behind it, on one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

/// Nothing but our own style sheet, script and pictures, in no frame, with no address leaked.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; \
    script-src 'self'; connect-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Adds the security headers, a page's own policy left as it is, and forbids caches to keep what did not say that it may
/// be kept.
pub(crate) async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers: &mut HeaderMap = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let policy = HeaderValue::from_static(CONTENT_SECURITY_POLICY);
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;
    use crate::store::StoreError;

    /// The number that an answer has, of a request with this one.
    async fn answered(given: Option<&str>) -> String {
        let router = Router::new().route("/", get(|| async {})).layer(from_fn(log));
        let mut request = Request::new(Body::empty());
        if let Some(given) = given {
            let given = HeaderValue::from_str(given).expect("a header");
            request.headers_mut().insert(REQUEST_ID, given);
        }
        let answer = router.oneshot(request).await.expect("an answer");
        answer.headers()[REQUEST_ID].to_str().expect("text").to_owned()
    }

    #[tokio::test]
    async fn a_request_has_the_number_that_it_was_given_or_one_of_ours() {
        let longest = "a".repeat(LONGEST_ID);
        for kept in ["7f3a", "A-b_c.9", &longest] {
            assert_eq!(answered(Some(kept)).await, kept);
        }
        let long = "a".repeat(LONGEST_ID + 1);
        for given in [None, Some(""), Some("a b"), Some("a\tb"), Some("a;b"), Some(&long)] {
            let ours = answered(given).await;
            assert!(Uuid::parse_str(&ours).is_ok(), "{given:?}: {ours}");
        }
        assert_ne!(answered(None).await, answered(None).await);
    }

    #[test]
    fn what_failed_is_counted_by_what_failed() {
        let failed =
            |error: WebError| error_kind(&axum::response::IntoResponse::into_response(error));
        let away = StoreError::from(sqlx::Error::PoolTimedOut);
        assert_eq!(failed(WebError::StoreAway(away)), Some("store"));
        assert_eq!(failed(WebError::Internal("a defect".into())), Some("page"));
        assert_eq!(failed(WebError::Busy), None);
        assert_eq!(failed(WebError::NotFound("nothing is here")), None);
    }
}
