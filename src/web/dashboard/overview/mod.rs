//! `GET /`: the repositories, searched, filtered and sorted, or what to do when there are none.

mod asked;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Html;
use chrono::Utc;

use self::asked::{Asked, Column, Parameters, or_worse};
use super::asked::{Active, Choice};
use super::chart::{SPARK_DAYS, since, spark};
use super::time::When;
use super::{GATE_DAYS, pass_rate, repository_href};
use crate::analysis::Severity;
use crate::forge::ForgeKind;
use crate::settings::Hook;
use crate::store::trends::{self, Counts, DayChange, Repository, Sort};
use crate::web::live;
use crate::web::viewer::Viewer;
use crate::web::{Web, WebError};

/// How many repositories a page lists.
const LISTED: i64 = 50;

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    live: String,
    severities: [Severity; 4],
    rows: Vec<Row>,
    total: i64,
    name: String,
    platforms: Vec<Choice>,
    worst: Vec<Choice>,
    orders: Vec<Choice>,
    active: Vec<Active>,
    columns: Columns,
    pages: Option<Pages>,
    hooks: [Hook; 2],
}

/// The heads of the columns that the list can be sorted by.
struct Columns {
    name: Column,
    open: Column,
    gate: Column,
    last: Column,
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

/// Which part of the list this is, and the way to its neighbours.
struct Pages {
    first: i64,
    last: i64,
    all: i64,
    before: Option<String>,
    after: Option<String>,
}

impl Pages {
    /// `None` when one page holds all.
    fn of(asked: &Asked, page: i64, all: i64) -> Option<Self> {
        (all > LISTED).then(|| {
            let last = (page * LISTED).min(all);
            Self {
                first: (page - 1) * LISTED + 1,
                last,
                all,
                before: (page > 1).then(|| asked.at(page - 1).href()),
                after: (last < all).then(|| asked.at(page + 1).href()),
            }
        })
    }
}

pub(super) async fn show(
    viewer: Viewer,
    State(web): State<Web>,
    Query(parameters): Query<Parameters>,
) -> Result<Html<String>, WebError> {
    let asked = Asked::try_from(parameters)?;
    let now = Utc::now();
    let today = now.date_naive();
    let mut tx = web.store.read().await?;
    let (sees, like) = (viewer.sees, &asked.like);
    let whole = trends::whole(&mut tx, sees, like).await?;
    let page = i64::from(asked.page.unwrap_or(1)).clamp(1, last_page(whole.repositories));
    let (gates, part) = (since(today, GATE_DAYS), (LISTED, (page - 1) * LISTED));
    let repositories = trends::repositories(&mut tx, sees, like, asked.order, gates, part).await?;
    let ids: Vec<_> = repositories.iter().map(|repository| repository.id).collect();
    let mut changes = trends::changes(&mut tx, &ids, since(today, SPARK_DAYS)).await?;
    changes.sort_by_key(|change| change.repository_id);
    let row = |repository: Repository| Row {
        platform: repository.forge.title(),
        href: repository_href(repository.forge, &repository.full_name),
        open: repository.open,
        spark: spark(repository.open, own(&changes, repository.id), today),
        reviews: repository.reviews,
        pass_rate: pass_rate(repository.reviews, repository.failed),
        last: repository.last_review_at.map(|time| When::new(time, now)),
        name: repository.full_name,
    };
    let live = live::href(&mut tx, sees, None).await?;
    viewer.page(&Overview {
        live,
        severities: Severity::ALL,
        rows: repositories.into_iter().map(row).collect(),
        total: whole.open,
        name: like.name.clone().unwrap_or_default(),
        platforms: Choice::among(ForgeKind::ALL, like.forge, ForgeKind::as_str, ForgeKind::title),
        worst: Choice::among(Severity::ALL, like.worst, Severity::as_str, or_worse),
        orders: asked.orders(),
        active: asked.active(),
        columns: Columns {
            name: asked.column(Sort::Name),
            open: asked.column(Sort::Open),
            gate: asked.column(Sort::Gate),
            last: asked.column(Sort::LastReview),
        },
        pages: Pages::of(&asked, page, whole.repositories),
        hooks: web.settings.hooks(),
    })
}

fn last_page(repositories: i64) -> i64 {
    (repositories - 1) / LISTED + 1
}

/// Those of one repository among changes in the order of their repositories.
fn own(changes: &[DayChange], repository_id: i64) -> &[DayChange] {
    let from = changes.partition_point(|change| change.repository_id < repository_id);
    let to = changes.partition_point(|change| change.repository_id <= repository_id);
    &changes[from..to]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_lead_to_their_neighbours() {
        let said = |page, all| {
            let pages = Pages::of(&Asked::default(), page, all)?;
            Some((pages.first, pages.last, pages.before, pages.after))
        };
        let to = |page: i64| Some(format!("/?page={page}"));
        assert_eq!(said(1, 50), None);
        assert_eq!(said(1, 51), Some((1, 50, None, to(2))));
        assert_eq!(said(2, 51), Some((51, 51, to(1), None)));
        assert_eq!(said(2, 170), Some((51, 100, to(1), to(3))));
        assert_eq!([0, 1, 50, 51, 100, 101].map(last_page), [1, 1, 1, 2, 2, 3]);
    }

    #[test]
    fn a_repository_gets_its_own_changes() {
        let change = |repository_id, change| DayChange {
            repository_id,
            severity: Severity::Low,
            day: "2026-11-22".parse().expect("a date"),
            change,
        };
        let changes = [change(1, 1), change(3, 2), change(3, 3), change(4, 4)];
        let of = |id| own(&changes, id).iter().map(|change| change.change).collect::<Vec<_>>();
        assert_eq!((of(1), of(2), of(3), of(4)), (vec![1], vec![], vec![2, 3], vec![4]));
    }
}
