//! `GET /repositories/{forge}/{name}`: one repository's findings over time, its latest reviews, its rules.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};

use super::chart::{Chart, DAYS, baseline_chart, chart, since};
use super::time::When;
use super::{GATE_DAYS, VerdictBadge, missing, pass_rate, repository_href, short, verdict};
use crate::analysis::Severity;
use crate::forge::ForgeKind;
use crate::store::trends::{self, Counts, RuleCount};
use crate::store::{StoreError, Transaction, baselines, repositories};
use crate::web::{Web, WebError};

/// How many reviews and rules the page lists.
const LISTED: i64 = 20;

#[derive(Template)]
#[template(path = "repository.html")]
struct RepositoryPage {
    severities: [Severity; 4],
    platform: &'static str,
    name: String,
    open: Counts,
    pass_rate: Option<i64>,
    reviews_total: i64,
    chart: Chart,
    baseline: DefaultBranch,
    reviews: Vec<Row>,
    rules: Vec<RuleCount>,
}

/// What is known of the default branch.
struct DefaultBranch {
    newest: Option<Newest>,
    /// Why the last look came to nothing.
    problem: Option<String>,
    /// Whether it is looked at.
    wanted: bool,
}

struct Newest {
    branch: String,
    commit: String,
    files: i64,
    lines: i64,
    findings: i64,
    rules: Vec<(String, i64)>,
    when: When,
    chart: Chart,
}

impl DefaultBranch {
    async fn of(
        tx: &mut Transaction,
        repository: i64,
        wanted: bool,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let today = now.date_naive();
        let from = since(today, DAYS).and_time(chrono::NaiveTime::MIN).and_utc();
        let baselines = baselines::since(tx, repository, from).await?;
        let problem = baselines::problem(tx, repository).await?;
        let rules = baselines::rules(tx, repository).await?;
        let newest = baselines.last().map(|newest| Newest {
            branch: newest.branch.clone(),
            commit: short(&newest.commit_sha),
            files: newest.files,
            lines: newest.lines,
            findings: newest.found.total(),
            rules,
            when: When::new(newest.at, now),
            chart: baseline_chart(&baselines, today),
        });
        Ok(Self { newest, problem, wanted })
    }
}

struct Row {
    key: String,
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
    State(web): State<Web>,
    Path((forge, name)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let now = Utc::now();
    let today = now.date_naive();
    let mut tx = web.store.read().await?;
    const NONE: &str = "No repository of that name was reviewed here.";
    let Some(forge) = ForgeKind::from_name(&forge) else { return missing(NONE) };
    let (gates, name) = (since(today, GATE_DAYS), name.trim_end_matches('/'));
    let Some(repository) = trends::repository(&mut tx, gates, forge, name).await? else {
        return match repositories::renamed(&mut tx, forge, name).await? {
            // For now: the old name may become another repository's.
            Some(new) => Ok(Redirect::temporary(&repository_href(forge, &new)).into_response()),
            None => missing(NONE),
        };
    };
    let changes = trends::changes(&mut tx, &[repository.id], since(today, DAYS)).await?;
    let reviews = trends::latest_reviews(&mut tx, repository.id, LISTED).await?;
    let baseline = DefaultBranch::of(&mut tx, repository.id, web.settings.baseline, now).await?;
    let page = RepositoryPage {
        severities: Severity::ALL,
        platform: repository.forge.title(),
        open: repository.open,
        pass_rate: pass_rate(repository.reviews, repository.failed),
        reviews_total: repository.reviews,
        chart: chart(repository.open, &changes, today),
        baseline,
        reviews: reviews.into_iter().map(|review| Row::new(review, now)).collect(),
        rules: trends::rules(&mut tx, repository.id, LISTED).await?,
        name: repository.full_name,
    };
    Ok(Html(page.render()?).into_response())
}
