//! Reading a body up to the platforms' limit, holding no more than that.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use futures::StreamExt;

use super::WebError;

/// The longest payload that platforms send.
pub(super) const LIMIT: usize = 25 * 1024 * 1024;
/// How much of a body that is too long is read and thrown away, so that its sender gets to read the answer.
const DRAINED: usize = 4 * LIMIT;

/// The whole body.
///
/// # Errors
/// [`WebError::TooLarge`] for a body over [`LIMIT`], of which never more than the limit is held.
pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, WebError> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let announced = announced.and_then(|value| value.parse::<usize>().ok());
    let mut too_large = announced.is_some_and(|length| length > LIMIT);
    let mut held = Vec::with_capacity(announced.unwrap_or(0).min(1024 * 1024));
    let mut seen = 0_usize;
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk =
            chunk.map_err(|error| WebError::Malformed(format!("the body was cut off: {error}")))?;
        seen = seen.saturating_add(chunk.len());
        too_large |= seen > LIMIT;
        if too_large {
            held = Vec::new();
        } else {
            held.extend_from_slice(&chunk);
        }
        if seen > DRAINED {
            break;
        }
    }
    if too_large { Err(WebError::TooLarge(LIMIT)) } else { Ok(held.into()) }
}
