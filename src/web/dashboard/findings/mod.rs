//! `GET /findings`: the findings of all repositories, filtered, the newest first; and the same as files.

mod asked;
mod export;
mod row;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Html;
use axum::routing::get;
use chrono::Utc;

use super::asked::{Active, Choice, LONGEST, Named};
use crate::analysis::{RULES, Rule, Severity};
use crate::forge::ForgeKind;
use crate::store::trends::{self, Filter, FindingState};
use crate::store::{Sees, StoreError, Transaction};
use crate::web::viewer::Viewer;
use crate::web::{Web, WebError};
use asked::{Asked, Parameters};
use row::Row;

/// The page's path.
const PAGE: &str = "/findings";
const CSV: &str = "/findings.csv";
const JSON: &str = "/findings.json";
/// How many findings a page lists.
const LISTED: i64 = 50;
/// How many repositories the form proposes.
const PROPOSED: i64 = 200;

/// The routes of the list.
pub(super) fn routes() -> Router<Web> {
    Router::new().route(PAGE, get(show)).route(CSV, get(export::csv)).route(JSON, get(export::json))
}

/// Address of a repository's findings.
pub(super) fn href(forge: ForgeKind, full_name: &str) -> String {
    Asked { repository: Some(Named::new(forge, full_name)), ..Asked::default() }.href(PAGE)
}

/// Address of the findings in a file of a repository; none where its path is longer than may be asked for.
pub(super) fn href_of_file(forge: ForgeKind, full_name: &str, path: &str) -> Option<String> {
    let repository = Some(Named::new(forge, full_name));
    let asked = Asked { repository, path: Some(path.to_owned()), ..Asked::default() };
    (path.len() <= LONGEST).then(|| asked.href(PAGE))
}

/// Address of a rule's findings, in one repository or in all.
pub(in crate::web) fn href_of_rule(repository: Option<(ForgeKind, &str)>, rule: &str) -> String {
    let repository = repository.map(|(forge, full_name)| Named::new(forge, full_name));
    Asked { repository, rule: Some(rule.to_owned()), ..Asked::default() }.href(PAGE)
}

#[derive(Template)]
#[template(path = "findings.html")]
struct FindingsPage {
    repository: String,
    path: String,
    proposed: Vec<String>,
    rules: Vec<Choice>,
    severities: Vec<Choice>,
    states: Vec<Choice>,
    active: Vec<Active>,
    rows: Vec<Row>,
    /// Whether there is a repository of the name that is asked for.
    known: bool,
    newest: Option<String>,
    older: Option<String>,
    csv: String,
    json: String,
}

/// The rules, and the one that is asked for even if this version doesn't have it.
fn rules(asked: Option<&str>) -> Vec<Choice> {
    let choice = |rule: &&Rule| Choice {
        value: rule.code.to_owned(),
        title: format!("{} {}", rule.code, rule.name),
        chosen: asked == Some(rule.code),
    };
    let mut rules: Vec<_> = RULES.iter().map(choice).collect();
    if let Some(asked) = asked
        && !rules.iter().any(|rule| rule.chosen)
    {
        rules.push(Choice { value: asked.to_owned(), title: asked.to_owned(), chosen: true });
    }
    rules
}

fn severities(asked: Option<Severity>) -> Vec<Choice> {
    Choice::among(Severity::ALL, asked, Severity::as_str, Severity::title)
}

fn states(asked: Option<FindingState>) -> Vec<Choice> {
    Choice::among(FindingState::ALL, asked, FindingState::as_str, FindingState::title)
}

async fn show(
    viewer: Viewer,
    State(web): State<Web>,
    Query(parameters): Query<Parameters>,
) -> Result<Html<String>, WebError> {
    let mut asked = Asked::try_from(parameters)?;
    let now = Utc::now();
    let mut tx = web.store.read().await?;
    let filter = filter(&mut tx, viewer.sees, &mut asked).await?;
    let mut listed = match &filter {
        // One more tells whether there is another page.
        Some(filter) => {
            trends::listed(&mut tx, viewer.sees, filter, asked.before, LISTED + 1).await?
        }
        None => Vec::new(),
    };
    let proposed = trends::repository_names(&mut tx, viewer.sees, PROPOSED).await?;
    let more = listed.len() > LISTED as usize;
    listed.truncate(LISTED as usize);
    let last = listed.last().filter(|_| more);
    let page = FindingsPage {
        repository: asked.repository.as_ref().map(Named::text).unwrap_or_default(),
        path: asked.path.clone().unwrap_or_default(),
        proposed,
        rules: rules(asked.rule.as_deref()),
        severities: severities(asked.severity),
        states: states(asked.state),
        active: asked.active(),
        known: filter.is_some(),
        newest: asked.before.map(|_| asked.newest().href(PAGE)),
        older: last.map(|last| asked.behind(last.cursor).href(PAGE)),
        csv: asked.newest().href(CSV),
        json: asked.newest().href(JSON),
        rows: listed.into_iter().map(|finding| Row::new(finding, now)).collect(),
    };
    viewer.page(&page)
}

/// The filter, with the repository's row in it; its name becomes the one that it has now. `None` when there is no
/// repository of that name.
async fn filter(
    tx: &mut Transaction,
    sees: Sees,
    asked: &mut Asked,
) -> Result<Option<Filter>, StoreError> {
    let mut filter = Filter {
        repository_id: None,
        rule: asked.rule.clone(),
        severity: asked.severity,
        path: asked.path.clone(),
        state: asked.state,
    };
    if let Some(named) = &mut asked.repository {
        let Some(id) = named.find(tx, sees).await? else { return Ok(None) };
        filter.repository_id = Some(id);
    }
    Ok(Some(filter))
}
