//! `GET /badge/{forge}/{name}.svg`: what a repository's default branch holds, for everybody, where its settings allow it. Whether
//! others exist is nobody's business, so they all are not there.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::markdown::escape;
use super::{Web, WebError};
use crate::analysis::Severity;
use crate::forge::ForgeKind;
use crate::store::baselines;
use crate::store::trends::Counts;

/// For how long others may keep it: a default branch is looked at once an hour at most.
const KEPT: &str = "public, max-age=600";
const NAME: &str = "asyncwarden";
/// About how wide a letter is, in pixels, and the room on both sides of a word.
const LETTER: usize = 7;
const ROOM: usize = 12;

pub(super) fn routes() -> Router<Web> {
    Router::new().route("/badge/{forge}/{*file}", get(show))
}

async fn show(
    State(web): State<Web>,
    Path((forge, file)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let name = file.strip_suffix(".svg");
    let (Some(forge), Some(name)) = (ForgeKind::from_name(&forge), name) else {
        return Ok(nothing());
    };
    let mut tx = web.store.read().await?;
    let newest = baselines::newest(&mut tx, forge, name).await?;
    let Some(newest) = newest.filter(|newest| newest.badge) else { return Ok(nothing()) };
    let headers = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, KEPT)];
    Ok((headers, draw(newest.found)).into_response())
}

fn nothing() -> Response {
    (StatusCode::NOT_FOUND, "there is no such badge\n").into_response()
}

/// The two worst severities, and a colour that white letters can be read on.
fn words(found: Counts) -> (String, &'static str) {
    let there = Severity::ALL.into_iter().filter(|severity| found.of(*severity) > 0);
    let parts: Vec<String> = there
        .take(2)
        .map(|severity| format!("{} {}", found.of(severity), severity.as_str()))
        .collect();
    let colour = match () {
        () if found.critical + found.high > 0 => "#b3261e",
        () if found.medium > 0 => "#8a5a00",
        () => "#1a7f37",
    };
    (if parts.is_empty() { "no findings".to_owned() } else { parts.join(", ") }, colour)
}

fn draw(found: Counts) -> String {
    let (says, colour) = words(found);
    let (left, right) = (NAME.len() * LETTER + ROOM, says.chars().count() * LETTER + ROOM);
    let width = left + right;
    let (middle, far) = (left / 2, left + right / 2);
    let says = escape(&says);
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{NAME}: {says}"><title>{NAME}: {says}</title><rect width="{width}" height="20" rx="3" fill="{colour}"/><path d="M3 0h{edge}v20H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z" fill="#444c56"/><g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11"><text x="{middle}" y="14">{NAME}</text><text x="{far}" y="14">{says}</text></g></svg>"##,
        edge = left - 3
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_the_worst_in_words_and_in_colour() {
        let counts = |critical, high, medium, low| Counts { critical, high, medium, low };
        for (found, says, colour) in [
            (counts(0, 0, 0, 0), "no findings", "#1a7f37"),
            (counts(0, 0, 0, 3), "3 low", "#1a7f37"),
            (counts(0, 0, 4, 3), "4 medium, 3 low", "#8a5a00"),
            (counts(2, 0, 4, 3), "2 critical, 4 medium", "#b3261e"),
            (counts(2, 1, 4, 3), "2 critical, 1 high", "#b3261e"),
        ] {
            assert_eq!(words(found), (says.to_owned(), colour));
            assert!(draw(found).contains(&format!("<title>asyncwarden: {says}</title>")));
        }
    }
}
