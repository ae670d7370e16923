//! `GET /reviews/{key}`: what one review found. The gate on the platform links here.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};

use super::thread::{CommentTag, SettledBy};
use super::time::{When, duration};
use super::{VerdictBadge, change_href, is_web, missing, repository_href, short, verdict};
use crate::analysis::{CHECKLIST, Pass, Severity};
use crate::store::trends::{self, Found, ItemOutcome, Review};
use crate::web::live;
use crate::web::viewer::Viewer;
use crate::web::{Web, WebError};

#[derive(Template)]
#[template(path = "review.html")]
struct ReviewPage {
    live: String,
    severities: [Severity; 4],
    platform: &'static str,
    sign: char,
    repository_href: String,
    change_href: String,
    web_url: Option<String>,
    head: String,
    verdict: VerdictBadge,
    when: When,
    took: Option<String>,
    files: Vec<File>,
    passes: Vec<PassOutcome>,
    review: Review,
}

struct File {
    path: String,
    findings: Vec<FoundLine>,
}

struct FoundLine {
    found: Found,
    comment: Option<CommentTag>,
}

struct PassOutcome {
    title: &'static str,
    violated: usize,
    satisfied: usize,
    rest: usize,
    items: Vec<ItemLine>,
}

struct ItemLine {
    code: String,
    title: &'static str,
    question: &'static str,
    outcome: String,
}

pub(super) async fn show(
    viewer: Viewer,
    State(web): State<Web>,
    Path(key): Path<String>,
) -> Result<Response, WebError> {
    let now = Utc::now();
    let mut tx = web.store.read().await?;
    let mut found = trends::review(&mut tx, viewer.sees, &key).await?;
    if found.is_none() {
        // No connection is held while a platform is asked.
        drop(tx);
        viewer.reveal_review(&web, &key).await?;
        tx = web.store.read().await?;
        found = trends::review(&mut tx, viewer.sees, &key).await?;
    }
    let Some(review) = found else {
        return missing("There is no such review.");
    };
    let live = live::href(&mut tx, viewer.sees, Some(review.repository_id)).await?;
    let found = trends::found(&mut tx, &review).await?;
    let lines = found.into_iter().map(|found| line(found, &review, now)).collect();
    let page = ReviewPage {
        live,
        severities: Severity::ALL,
        platform: review.forge.title(),
        sign: review.forge.number_sign(),
        repository_href: repository_href(review.forge, &review.repository),
        change_href: change_href(review.forge, &review.repository, review.number),
        web_url: review.web_url.clone().filter(|url| is_web(url)),
        head: short(&review.head_sha),
        verdict: verdict(review.conclusion.as_deref(), review.stale),
        when: When::new(review.started_at, now),
        took: review.completed_at.map(|ended| duration(ended - review.started_at)),
        files: by_file(lines),
        passes: passes(&review.verdicts),
        review,
    };
    Ok(viewer.page(&page)?.into_response())
}

fn line(found: Found, review: &Review, now: DateTime<Utc>) -> FoundLine {
    let settled = SettledBy { by: found.closed_by.as_deref(), how: found.closed_reason.as_deref() };
    let page = review.web_url.as_deref();
    let comment = found.thread.as_ref();
    let comment = comment.map(|thread| CommentTag::new(thread, review.forge, page, settled, now));
    FoundLine { comment, found }
}

/// The findings by file; within a file they are by line already.
fn by_file(lines: Vec<FoundLine>) -> Vec<File> {
    let mut files: Vec<File> = Vec::new();
    for line in lines {
        match files.last_mut().filter(|file| file.path == line.found.path) {
            Some(file) => file.findings.push(line),
            None => files.push(File { path: line.found.path.clone(), findings: vec![line] }),
        }
    }
    files
}

/// The items that have a verdict, by pass.
fn passes(verdicts: &[ItemOutcome]) -> Vec<PassOutcome> {
    let of = |pass| {
        let rows = CHECKLIST.iter().filter(move |row| row.pass == pass);
        let items: Vec<_> = rows
            .filter_map(|row| {
                let code = row.item.to_string();
                let outcome = verdicts.iter().find(|verdict| verdict.item == code)?.outcome.clone();
                Some(ItemLine { code, title: row.title, question: row.question, outcome })
            })
            .collect();
        let count = |outcome| items.iter().filter(|item| item.outcome == outcome).count();
        let (violated, satisfied) = (count("violated"), count("satisfied"));
        let rest = items.len() - violated - satisfied;
        PassOutcome { title: pass.title(), violated, satisfied, rest, items }
    };
    Pass::ALL.map(of).into_iter().filter(|pass| !pass.items.is_empty()).collect()
}
