//! `GET /findings.csv` and `GET /findings.json`: the list as a file.
//!
//! The file is made as it is read, some rows at a time, each in a transaction of its own: who reads slowly holds no
//! connection to the store, and the list's order keeps the parts from overlapping.

mod cells;

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use futures::stream::{once, try_unfold};
use futures::{StreamExt, future};
use serde::Serialize;

use super::super::is_web;
use super::asked::{Asked, Parameters};
use crate::store::findings::How;
use crate::store::trends::{self, Cursor, Filter, Listed};
use crate::store::{Sees, Store};
use crate::web::viewer::Viewer;
use crate::web::{Web, WebError};

/// Most rows of a file.
const MOST: usize = 50_000;
/// Rows that are read at a time.
const AT_A_TIME: usize = 1000;

/// `GET /findings.csv`.
pub(super) async fn csv(
    viewer: Viewer,
    State(web): State<Web>,
    Query(parameters): Query<Parameters>,
) -> Result<Response, WebError> {
    export(web, viewer.sees, parameters, Format::Csv).await
}

/// `GET /findings.json`.
pub(super) async fn json(
    viewer: Viewer,
    State(web): State<Web>,
    Query(parameters): Query<Parameters>,
) -> Result<Response, WebError> {
    export(web, viewer.sees, parameters, Format::Json).await
}

async fn export(
    web: Web,
    sees: Sees,
    parameters: Parameters,
    format: Format,
) -> Result<Response, WebError> {
    let mut asked = Asked::try_from(parameters)?;
    let filter = {
        let mut tx = web.store.read().await?;
        super::filter(&mut tx, sees, &mut asked).await?
    };
    let filter =
        filter.ok_or(WebError::NotFound("no repository of that name was reviewed here"))?;
    let public_url = web.settings.public_url.clone().unwrap_or_default();
    let (store, left) = (web.store, MOST);
    let mut parts = Parts {
        store,
        sees,
        filter,
        public_url,
        behind: asked.before,
        left,
        format,
        place: Place::Start,
    };
    // The first part decides what is answered; a later one that fails breaks the file off.
    let first = parts.next().await?.unwrap_or_default();
    let rest = try_unfold(parts, |mut parts| async move {
        let part = parts.next().await?;
        Ok::<_, WebError>(part.map(|part| (part, parts)))
    });
    let rest = rest.inspect_err(|error| tracing::error!(?error, "a file broke off"));
    let body = Body::from_stream(once(future::ready(Ok(first))).chain(rest));
    let (kind, disposition) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "attachment; filename=\"findings.csv\""),
        Format::Json => ("application/json", "attachment; filename=\"findings.json\""),
    };
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, body).into_response())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    Within,
    End,
}

/// A file on its way.
struct Parts {
    store: Store,
    sees: Sees,
    filter: Filter,
    public_url: String,
    behind: Option<Cursor>,
    /// How many more rows it may have.
    left: usize,
    format: Format,
    place: Place,
}

impl Parts {
    /// The next part; `None` behind the last.
    async fn next(&mut self) -> Result<Option<Vec<u8>>, WebError> {
        if self.place == Place::End {
            return Ok(None);
        }
        let wanted = AT_A_TIME.min(self.left);
        let found = {
            let mut tx = self.store.read().await?;
            trends::listed(&mut tx, self.sees, &self.filter, self.behind, wanted as i64).await?
        };
        self.behind = found.last().map(|last| last.cursor).or(self.behind);
        self.left -= found.len();
        let first = self.place == Place::Start;
        let last = found.len() < wanted || self.left == 0;
        self.place = if last { Place::End } else { Place::Within };
        // Where the file ends although the list may not.
        let next = self.behind.filter(|_| last && found.len() == wanted);
        let rows: Vec<_> =
            found.into_iter().map(|row| Exported::new(row, &self.public_url)).collect();
        let part = match self.format {
            Format::Csv => cells::part(&rows, first),
            Format::Json => json_part(&rows, first, last, next),
        };
        part.map(Some).map_err(WebError::Internal)
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn json_part(
    rows: &[Exported],
    first: bool,
    last: bool,
    next: Option<Cursor>,
) -> Result<Vec<u8>, Failure> {
    let mut part = Vec::new();
    if first {
        part.extend_from_slice(b"{\"findings\":[");
    }
    for (number, row) in rows.iter().enumerate() {
        part.extend_from_slice(if first && number == 0 { b"\n" } else { b",\n" });
        serde_json::to_writer(&mut part, row)?;
    }
    if last {
        let next = next.map(|next| next.to_string());
        part.extend_from_slice(b"\n],\"next\":");
        serde_json::to_writer(&mut part, &next)?;
        part.extend_from_slice(b"}\n");
    }
    Ok(part)
}

/// A finding as files have it.
#[derive(Serialize)]
struct Exported {
    first_seen_at: DateTime<Utc>,
    platform: &'static str,
    repository: String,
    change_request: i64,
    change_request_title: String,
    change_request_url: Option<String>,
    rule: String,
    name: String,
    item: Option<String>,
    severity: &'static str,
    confidence: String,
    message: String,
    path: String,
    line: i64,
    end_line: i64,
    commit: String,
    code_url: Option<String>,
    review_url: String,
    state: &'static str,
    closed_at: Option<DateTime<Utc>>,
    settled_by: Option<String>,
    settled_how: Option<&'static str>,
    settled_note: Option<String>,
    thread: Option<String>,
}

impl Exported {
    fn new(finding: Listed, public_url: &str) -> Self {
        let web_url = finding.web_url.filter(|url| is_web(url));
        let code = |url: &String| {
            finding.forge.line_url(url, &finding.head_sha, &finding.path, finding.line)
        };
        Self {
            first_seen_at: finding.first_seen_at,
            platform: finding.forge.as_str(),
            code_url: web_url.as_ref().and_then(code),
            review_url: format!("{public_url}/reviews/{}", finding.review_key),
            repository: finding.repository,
            change_request: finding.number,
            change_request_title: finding.title,
            change_request_url: web_url,
            rule: finding.rule,
            name: finding.name,
            item: finding.item,
            severity: finding.severity.as_str(),
            confidence: finding.confidence,
            message: finding.message,
            path: finding.path,
            line: finding.line,
            end_line: finding.end_line,
            commit: finding.head_sha,
            state: finding.state.as_str(),
            closed_at: finding.closed_at,
            settled_by: finding.settled.by,
            settled_how: finding.settled.how.map(|how| match how {
                How::Thread => "thread",
                How::Command => "command",
            }),
            settled_note: finding.settled.note,
            thread: finding.thread_id,
        }
    }
}
