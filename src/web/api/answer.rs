//! What holds for every answer below `/api/`, also for those that are not made by a resource: errors are problems, and what
//! can be read has an entity tag.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::problem;
use crate::web::WebError;

/// Kept by who asked alone, and asked for again each time.
const KEPT: HeaderValue = HeaderValue::from_static("private, no-cache");

/// Makes problems of errors, and tags what can be read. Others' answers are left as they are.
pub(crate) async fn answer(request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/api/") {
        return next.run(request).await;
    }
    let proven = request.headers().contains_key(header::AUTHORIZATION);
    let known: Vec<_> = request.headers().get_all(IF_NONE_MATCH).iter().cloned().collect();
    let is_read = request.method() == Method::GET;
    let response = next.run(request).await;
    match response.status() {
        status if status.is_client_error() || status.is_server_error() => {
            problem::of(response, proven)
        }
        StatusCode::OK if is_read => match tagged(response, &known).await {
            Ok(response) => response,
            Err(error) => problem::of(error.into_response(), proven),
        },
        _ => response,
    }
}

/// The answer under a strong tag, of the bytes as they are sent; without them when the caller has them.
async fn tagged(response: Response, known: &[HeaderValue]) -> Result<Response, WebError> {
    let (mut parts, body) = response.into_parts();
    let body =
        to_bytes(body, usize::MAX).await.map_err(|error| WebError::Internal(error.into()))?;
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&body)[..16]));
    let value = HeaderValue::from_str(&tag).map_err(|error| WebError::Internal(error.into()))?;
    parts.headers.insert(ETAG, value);
    parts.headers.insert(CACHE_CONTROL, KEPT);
    if !is_known(&tag, known) {
        return Ok(Response::from_parts(parts, Body::from(body)));
    }
    parts.status = StatusCode::NOT_MODIFIED;
    forget_body(&mut parts.headers);
    Ok(Response::from_parts(parts, Body::empty()))
}

/// Takes away what was said of a body that is not sent.
pub(super) fn forget_body(headers: &mut HeaderMap) {
    for name in [CONTENT_TYPE, CONTENT_LENGTH, CONTENT_ENCODING] {
        headers.remove(name);
    }
}

/// Whether the tag is among those that the caller has. Weak ones are as good: what is compared is whether to send it again.
fn is_known(tag: &str, known: &[HeaderValue]) -> bool {
    let lists = known.iter().filter_map(|value| value.to_str().ok());
    let mut tags = lists.flat_map(|list| list.split(',')).map(str::trim);
    tags.any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found_in_what_callers_send() {
        for (sent, known) in [
            (&["\"a\""][..], true),
            (&["W/\"a\""], true),
            (&["\"b\", \"a\""], true),
            (&["\"b\"", "\"a\""], true),
            (&["*"], true),
            (&[], false),
            (&["a"], false),
            (&["\"b\""], false),
            (&["\"aa\""], false),
        ] {
            let sent: Vec<_> = sent.iter().map(|text| HeaderValue::from_static(text)).collect();
            assert_eq!(is_known("\"a\"", &sent), known, "{sent:?}");
        }
    }
}
