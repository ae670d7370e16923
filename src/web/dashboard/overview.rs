//! `GET /`: all repositories, or what to do when there are none.

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use chrono::Utc;

use super::chart::{SPARK_DAYS, since, spark};
use super::time::When;
use super::{pass_rate, repository_href};
use crate::analysis::Severity;
use crate::store::trends::{self, Counts};
use crate::web::webhooks::{Hook, hooks};
use crate::web::{Web, WebError};

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    severities: [Severity; 4],
    rows: Vec<Row>,
    total: i64,
    hooks: [Hook; 2],
}

struct Row {
    platform: &'static str,
    name: String,
    href: String,
    open: Counts,
    spark: String,
    reviews: i64,
    pass_rate: Option<i64>,
    last: Option<When>,
}

pub(super) async fn show(State(web): State<Web>) -> Result<Html<String>, WebError> {
    let now = Utc::now();
    let today = now.date_naive();
    let mut tx = web.store.read().await?;
    let repositories = trends::repositories(&mut tx).await?;
    let changes = trends::changes(&mut tx, None, since(today, SPARK_DAYS)).await?;
    let total = repositories.iter().map(|repository| repository.open.total()).sum();
    let rows = repositories.into_iter().map(|repository| Row {
        platform: repository.forge.title(),
        href: repository_href(repository.forge, &repository.full_name),
        open: repository.open,
        spark: spark(&changes, repository.id, today),
        reviews: repository.reviews,
        pass_rate: pass_rate(repository.reviews, repository.failed),
        last: repository.last_review_at.map(|time| When::new(time, now)),
        name: repository.full_name,
    });
    let rows = rows.collect();
    let hooks = hooks(&web.settings);
    Ok(Html(Overview { severities: Severity::ALL, rows, total, hooks }.render()?))
}
