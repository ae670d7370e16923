//! `GET /repositories/{forge}/{name}`: one repository's findings over time, its latest reviews, its rules.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};

use super::chart::{Chart, DAYS, chart, since};
use super::time::When;
use super::{GATE_DAYS, VerdictBadge, missing, pass_rate, repository_href, short, verdict};
use crate::analysis::Severity;
use crate::forge::ForgeKind;
use crate::store::repositories;
use crate::store::trends::{self, Counts, RuleCount};
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
    reviews: Vec<Row>,
    rules: Vec<RuleCount>,
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
    let page = RepositoryPage {
        severities: Severity::ALL,
        platform: repository.forge.title(),
        open: repository.open,
        pass_rate: pass_rate(repository.reviews, repository.failed),
        reviews_total: repository.reviews,
        chart: chart(repository.open, &changes, today),
        reviews: reviews.into_iter().map(|review| Row::new(review, now)).collect(),
        rules: trends::rules(&mut tx, repository.id, LISTED).await?,
        name: repository.full_name,
    };
    Ok(Html(page.render()?).into_response())
}
