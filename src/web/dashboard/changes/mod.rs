//! `GET /changes`: the change requests of all repositories, filtered, the one with the latest review first.

mod asked;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Html;
use chrono::{DateTime, Utc};

use self::asked::{Asked, Parameters};
use super::asked::{Active, Choice, Named};
use super::time::When;
use super::{VerdictBadge, change_href, change_state, repository_href, verdict};
use crate::analysis::Severity;
use crate::forge::ForgeKind;
use crate::store::trends::{self, ChangeFilter, ChangeState, Counts, LastVerdict, ListedChange};
use crate::store::{Sees, StoreError, Transaction};
use crate::web::live;
use crate::web::viewer::Viewer;
use crate::web::{Web, WebError};

/// The page's path.
pub(super) const PAGE: &str = "/changes";
/// How many change requests a page lists.
const LISTED: i64 = 50;
/// How many repositories the form proposes.
const PROPOSED: i64 = 200;

/// Address of a repository's change requests.
pub(super) fn href(forge: ForgeKind, full_name: &str) -> String {
    Asked { repository: Some(Named::new(forge, full_name)), ..Asked::default() }.href()
}

#[derive(Template)]
#[template(path = "changes.html")]
struct ChangesPage {
    live: String,
    severities: [Severity; 4],
    repository: String,
    title: String,
    proposed: Vec<String>,
    states: Vec<Choice>,
    verdicts: Vec<Choice>,
    active: Vec<Active>,
    rows: Vec<Row>,
    /// Whether there is a repository of the name that is asked for.
    known: bool,
    latest: Option<String>,
    earlier: Option<String>,
}

struct Row {
    href: String,
    sign: char,
    number: i64,
    title: String,
    author: Option<String>,
    platform: &'static str,
    repository: String,
    repository_href: String,
    state: &'static str,
    verdict: VerdictBadge,
    found: Counts,
    when: When,
}

impl Row {
    fn new(change: ListedChange, now: DateTime<Utc>) -> Self {
        Self {
            href: change_href(change.forge, &change.repository, change.number),
            sign: change.forge.number_sign(),
            number: change.number,
            platform: change.forge.title(),
            repository_href: repository_href(change.forge, &change.repository),
            state: change_state(&change.state, change.draft),
            verdict: verdict(change.conclusion.as_deref(), change.stale),
            found: change.found,
            when: When::new(change.reviewed_at, now),
            title: change.title,
            author: change.author,
            repository: change.repository,
        }
    }
}

pub(super) async fn show(
    viewer: Viewer,
    State(web): State<Web>,
    Query(parameters): Query<Parameters>,
) -> Result<Html<String>, WebError> {
    let mut asked = Asked::try_from(parameters)?;
    let (now, sees) = (Utc::now(), viewer.sees);
    let mut tx = web.store.read().await?;
    let filter = filter(&mut tx, sees, &mut asked).await?;
    let mut listed = match &filter {
        // One more tells whether there is another page.
        Some(filter) => {
            trends::listed_changes(&mut tx, sees, filter, asked.before, LISTED + 1).await?
        }
        None => Vec::new(),
    };
    let proposed = trends::repository_names(&mut tx, sees, PROPOSED).await?;
    let more = listed.len() > LISTED as usize;
    listed.truncate(LISTED as usize);
    let last = listed.last().filter(|_| more);
    let live = live::href(&mut tx, sees, None).await?;
    viewer.page(&ChangesPage {
        live,
        severities: Severity::ALL,
        repository: asked.repository.as_ref().map(Named::text).unwrap_or_default(),
        title: asked.title.clone().unwrap_or_default(),
        proposed,
        states: Choice::among(
            ChangeState::ALL,
            asked.state,
            ChangeState::as_str,
            ChangeState::title,
        ),
        verdicts: Choice::among(
            LastVerdict::ALL,
            asked.verdict,
            LastVerdict::as_str,
            LastVerdict::title,
        ),
        active: asked.active(),
        known: filter.is_some(),
        latest: asked.before.map(|_| asked.latest().href()),
        earlier: last.map(|last| asked.behind(last.cursor).href()),
        rows: listed.into_iter().map(|change| Row::new(change, now)).collect(),
    })
}

/// The filter, with the repository's row in it. `None` when there is no repository of that name.
async fn filter(
    tx: &mut Transaction,
    sees: Sees,
    asked: &mut Asked,
) -> Result<Option<ChangeFilter>, StoreError> {
    let mut filter = ChangeFilter {
        repository_id: None,
        state: asked.state,
        verdict: asked.verdict,
        title: asked.title.clone(),
    };
    if let Some(named) = &mut asked.repository {
        let Some(id) = named.find(tx, sees).await? else { return Ok(None) };
        filter.repository_id = Some(id);
    }
    Ok(Some(filter))
}
