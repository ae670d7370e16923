//! `GET /changes/{forge}/{name}/{number}`: a change request, its pushes, and what became of its findings.

mod steps;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};

use super::thread::{CommentTag, SettledBy};
use super::time::{When, duration};
use super::{
    VerdictBadge, change_state, changes, is_web, missing, repository_href, short, verdict,
};
use crate::analysis::Severity;
use crate::forge::ForgeKind;
use crate::store::trends::{self, ChangeRequest, Counts, Fate, Push};
use crate::web::live;
use crate::web::viewer::Viewer;
use crate::web::{Web, WebError};

#[derive(Template)]
#[template(path = "change.html")]
struct ChangePage {
    live: String,
    severities: [Severity; 4],
    platform: &'static str,
    sign: char,
    repository: String,
    repository_href: String,
    changes_href: String,
    number: i64,
    state: &'static str,
    web_url: Option<String>,
    open: Counts,
    pushes: Vec<Row>,
    step_heads: [(&'static str, &'static str); 4],
    steps: Vec<steps::Row>,
    fates: Vec<FateLine>,
    change: ChangeRequest,
}

/// A push as the timeline shows it.
struct Row {
    key: String,
    head: String,
    verdict: VerdictBadge,
    found: Counts,
    /// Findings that it was the first to have, and those that it was the first not to have any more.
    introduced: usize,
    fixed: usize,
    /// Comments that were posted from it until the next one began.
    comments: usize,
    when: When,
    took: Option<String>,
}

struct FateLine {
    fate: Fate,
    /// When, and by whom.
    closed: Option<When>,
    /// The head at which it was gone.
    fixed_at: Option<String>,
    comment: Option<CommentTag>,
}

pub(super) async fn show(
    viewer: Viewer,
    State(web): State<Web>,
    Path((forge, path)): Path<(String, String)>,
) -> Result<Response, WebError> {
    const NONE: &str = "No change request of that number was reviewed here.";
    let named = path.trim_end_matches('/').rsplit_once('/');
    let named = named.and_then(|(name, number)| Some((name, number.parse::<i64>().ok()?)));
    let (Some(forge), Some((name, number))) = (ForgeKind::from_name(&forge), named) else {
        return missing(NONE);
    };
    let now = Utc::now();
    let mut tx = web.store.read().await?;
    let mut found = trends::change_request(&mut tx, viewer.sees, forge, name, number).await?;
    if found.is_none() {
        // No connection is held while a platform is asked.
        drop(tx);
        viewer.reveal(&web, forge, name).await?;
        tx = web.store.read().await?;
        found = trends::change_request(&mut tx, viewer.sees, forge, name, number).await?;
    }
    let Some(change) = found else {
        return missing(NONE);
    };
    let live = live::href(&mut tx, viewer.sees, Some(change.repository_id)).await?;
    let pushes = trends::pushes(&mut tx, change.id).await?;
    let fates = trends::fates(&mut tx, change.id).await?;
    let fixed_in: Vec<_> = fates.iter().map(|fate| fixed_in(fate, &pushes)).collect();
    let mut open = Counts::default();
    fates.iter().filter(|fate| fate.state == "open").for_each(|fate| open.add(fate.severity, 1));
    let page = ChangePage {
        live,
        severities: Severity::ALL,
        platform: forge.title(),
        sign: forge.number_sign(),
        repository: name.to_owned(),
        repository_href: repository_href(forge, name),
        changes_href: changes::href(forge, name),
        number,
        state: change_state(&change.state, change.draft),
        web_url: change.web_url.clone().filter(|url| is_web(url)),
        open,
        pushes: rows(&pushes, &fates, &fixed_in, now),
        step_heads: steps::HEADS,
        steps: steps::rows(&pushes),
        fates: fates
            .iter()
            .zip(&fixed_in)
            .map(|(fate, fixed)| line(fate, *fixed, forge, &change, now))
            .collect(),
        change,
    };
    Ok(viewer.page(&page)?.into_response())
}

/// The first review after the last one that had it: there it was gone.
pub(in crate::web) fn fixed_in<'a>(fate: &Fate, pushes: &'a [Push]) -> Option<&'a Push> {
    let last = pushes.iter().position(|push| push.review_id == fate.last_review_id)?;
    let after = pushes[..last].iter().rev();
    (fate.state == "fixed")
        .then(|| after.into_iter().find(|push| !push.stale && push.conclusion.is_some()))?
}

/// The pushes with what was posted meanwhile; the newest comes first.
fn rows(
    pushes: &[Push],
    fates: &[Fate],
    fixed_in: &[Option<&Push>],
    now: DateTime<Utc>,
) -> Vec<Row> {
    let mut next = None;
    let mut rows = Vec::with_capacity(pushes.len());
    for push in pushes {
        let posted = fates.iter().filter_map(|fate| Some(fate.thread.as_ref()?.posted_at));
        let is_its =
            |at: &DateTime<Utc>| *at >= push.started_at && next.is_none_or(|next| *at < next);
        let fixed = fixed_in.iter().flatten().filter(|fixed| fixed.review_id == push.review_id);
        rows.push(Row {
            key: push.key.clone(),
            head: short(&push.head_sha),
            verdict: verdict(push.conclusion.as_deref(), push.stale),
            found: push.found,
            introduced: fates.iter().filter(|fate| fate.first_review_id == push.review_id).count(),
            fixed: fixed.count(),
            comments: posted.filter(is_its).count(),
            when: When::new(push.started_at, now),
            took: push.completed_at.map(|ended| duration(ended - push.started_at)),
        });
        next = Some(push.started_at);
    }
    rows
}

fn line(
    fate: &Fate,
    fixed_in: Option<&Push>,
    forge: ForgeKind,
    change: &ChangeRequest,
    now: DateTime<Utc>,
) -> FateLine {
    let settled = SettledBy { by: fate.closed_by.as_deref(), how: fate.closed_reason.as_deref() };
    let comment = fate.thread.as_ref();
    FateLine {
        closed: fate.closed_at.map(|at| When::new(at, now)),
        fixed_at: fixed_in.map(|push| short(&push.head_sha)),
        comment: comment
            .map(|thread| CommentTag::new(thread, forge, change.web_url.as_deref(), settled, now)),
        fate: fate.clone(),
    }
}
