//! `GET /repositories/{forge}/{name}`: one repository's findings over time, its latest reviews, its rules, files and items.

mod default_branch;
pub(in crate::web) mod files;
mod flow;
pub(in crate::web) mod heat;
mod kept;
mod passes;
pub(in crate::web) mod weeks;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, NaiveDate, Utc};

use self::default_branch::DefaultBranch;
use self::flow::Flow;
use self::heat::Heat;
use super::chart::{Chart, DAYS, chart, since};
use super::operations::Paused;
use super::time::{When, hours};
use super::{
    GATE_DAYS, VerdictBadge, change_href, changes, findings, missing, pass_rate, repository_href,
    short, verdict,
};
use crate::analysis::Severity;
use crate::forge::ForgeKind;
use crate::store::trends::{self, Counts, RuleCount};
use crate::store::{Sees, StoreError, Transaction, pauses, repositories};
use crate::web::live;
use crate::web::viewer::Viewer;
use crate::web::{Web, WebError};

/// How many reviews and rules the page lists.
const LISTED: usize = 20;
/// More rules than there are.
const ALL_RULES: i64 = 1000;

#[derive(Template)]
#[template(path = "repository.html")]
struct RepositoryPage {
    /// Its row.
    id: i64,
    /// Since when its reviews wait, if they do.
    paused: Option<Paused>,
    /// What the forms of an admin send; others have none.
    form_token: Option<String>,
    live: String,
    severities: [Severity; 4],
    platform: &'static str,
    name: String,
    open: Counts,
    pass_rate: Option<i64>,
    reviews_total: i64,
    fixes: Fixes,
    chart: Chart,
    flow: Flow,
    baseline: DefaultBranch,
    reviews: Vec<Row>,
    passes: Vec<passes::Row>,
    rules: Vec<RuleCount>,
    files: Vec<files::Linked>,
    heat: Heat,
    kept: Vec<kept::Row>,
    /// Whether there are more of them.
    more_kept: bool,
    suppressed: i64,
    findings_href: String,
    changes_href: String,
}

/// How fixes went lately.
struct Fixes {
    fixed: i64,
    median: Option<String>,
}

impl Fixes {
    async fn of(
        tx: &mut Transaction,
        repository: i64,
        from: NaiveDate,
    ) -> Result<Self, StoreError> {
        let times = trends::fix_times(tx, repository, from).await?;
        let fixed = times.iter().map(|time| time.fixed).sum();
        Ok(Self { fixed, median: trends::median(&times).map(hours) })
    }
}

struct Row {
    key: String,
    change_href: String,
    sign: char,
    number: i64,
    title: String,
    verdict: VerdictBadge,
    found: Counts,
    head: String,
    when: When,
}

impl Row {
    fn new(review: trends::Review, now: DateTime<Utc>) -> Self {
        Self {
            change_href: change_href(review.forge, &review.repository, review.number),
            sign: review.forge.number_sign(),
            verdict: verdict(review.conclusion.as_deref(), review.stale),
            head: short(&review.head_sha),
            when: When::new(review.started_at, now),
            key: review.key,
            number: review.number,
            title: review.title,
            found: review.found,
        }
    }
}

pub(super) async fn show(
    viewer: Viewer,
    State(web): State<Web>,
    Path((forge, name)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let now = Utc::now();
    const NONE: &str = "No repository of that name was reviewed here.";
    let Some(forge) = ForgeKind::from_name(&forge) else { return missing(NONE) };
    let (gates, name) = (since(now.date_naive(), GATE_DAYS), name.trim_end_matches('/'));
    let mut tx = web.store.read().await?;
    let mut found = trends::repository(&mut tx, viewer.sees, gates, forge, name).await?;
    if found.is_none() {
        // No connection is held while a platform is asked.
        drop(tx);
        viewer.reveal(&web, forge, name).await?;
        tx = web.store.read().await?;
        found = trends::repository(&mut tx, viewer.sees, gates, forge, name).await?;
    }
    let Some(repository) = found else {
        return match repositories::renamed(&mut tx, viewer.sees, forge, name).await? {
            // For now: the old name may become another repository's.
            Some(new) => Ok(Redirect::temporary(&repository_href(forge, &new)).into_response()),
            None => missing(NONE),
        };
    };
    let mut page = page(&mut tx, viewer.sees, repository, web.settings.baseline, now).await?;
    page.form_token = viewer.is_admin.then(|| viewer.form_token.clone());
    Ok(viewer.page(&page)?.into_response())
}

/// Reads all that the page shows.
async fn page(
    tx: &mut Transaction,
    sees: Sees,
    repository: trends::Repository,
    baseline_wanted: bool,
    now: DateTime<Utc>,
) -> Result<RepositoryPage, StoreError> {
    let live = live::href(tx, sees, Some(repository.id)).await?;
    let (id, today) = (repository.id, now.date_naive());
    let first = |weeks| weeks::last(weeks, today).first().copied().unwrap_or(today);
    let (lately, half_a_year) = (first(weeks::WEEKS), first(flow::WEEKS));
    let changes = trends::changes(tx, &[id], since(today, DAYS)).await?;
    let reviews = trends::latest_reviews(tx, id, LISTED as i64).await?;
    let suppressed = reviews.iter().map(|review| (review.change_request_id, review.suppressed));
    let suppressed = kept::suppressed(suppressed);
    let mut rules = trends::rules(tx, id, ALL_RULES).await?;
    let passes = passes::passes(&rules);
    rules.truncate(LISTED);
    let found_in = trends::found_in(tx, id, lately, files::LISTED as i64).await?;
    let mut kept = trends::kept(tx, id, kept::LISTED + 1).await?;
    let more_kept = kept.len() > kept::LISTED as usize;
    kept.truncate(kept::LISTED as usize);
    let known = pauses::by_row(tx, id).await?;
    Ok(RepositoryPage {
        id,
        paused: known.and_then(|known| known.pause).map(|pause| Paused::new(pause, now)),
        form_token: None,
        live,
        severities: Severity::ALL,
        platform: repository.forge.title(),
        open: repository.open,
        pass_rate: pass_rate(repository.reviews, repository.failed),
        reviews_total: repository.reviews,
        fixes: Fixes::of(tx, id, lately).await?,
        chart: chart(repository.open, &changes, today),
        flow: flow::flow(&trends::flow(tx, id, half_a_year).await?, today),
        baseline: DefaultBranch::of(tx, id, baseline_wanted, now).await?,
        suppressed,
        reviews: reviews.into_iter().map(|review| Row::new(review, now)).collect(),
        passes,
        rules,
        files: files::linked(
            files::hottest(found_in, &trends::open_in(tx, id).await?),
            repository.forge,
            &repository.full_name,
        ),
        heat: heat::heat(&trends::rule_weeks(tx, id, lately).await?, today),
        more_kept,
        kept: kept
            .into_iter()
            .map(|kept| kept::Row::new(kept, repository.forge, &repository.full_name, now))
            .collect(),
        findings_href: findings::href(repository.forge, &repository.full_name),
        changes_href: changes::href(repository.forge, &repository.full_name),
        name: repository.full_name,
    })
}
