//! What a repository's page draws: findings over time, by rule, pass, file and item.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use chrono::{Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::Reader;
use super::extract::{Path, Query};
use super::names::{Counts, rule_page};
use super::page;
use super::repositories::{OfRepository, find};
use super::values::{Id, Whole};
use super::words::Pass;
use crate::analysis::{self, rule_by_code};
use crate::store::trends;
use crate::web::dashboard::repository::{files, heat, weeks};
use crate::web::{Web, WebError};

/// More rules than there are.
const ALL_RULES: i64 = 1000;

/// The day so many days before another.
pub(super) fn days_before(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap_or(day)
}

/// The first of the last weeks.
fn first_week(count: u64, today: NaiveDate) -> NaiveDate {
    weeks::last(count, today).first().copied().unwrap_or(today)
}

/// Open findings at the end of a day.
#[derive(Serialize, ToSchema)]
pub(super) struct Day {
    /// The day in UTC.
    date: NaiveDate,
    open_findings: Counts,
}

/// How far back.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct WantedDays {
    /// How many days, today included.
    #[serde(default)]
    #[param(inline, required = false)]
    days: Whole<1, 730, 182>,
}

impl WantedDays {
    /// The first day.
    pub(super) fn first(&self, today: NaiveDate) -> NaiveDate {
        days_before(today, self.days.0.unsigned_abs() - 1)
    }
}

/// Shows open findings by day and severity
///
/// The open findings of open change requests at the end of each day, the earliest day first.
#[utoipa::path(
    get,
    path = "/api/v1/repositories/{id}/trend",
    tag = "repositories",
    operation_id = "show_trend",
    params(OfRepository, WantedDays),
    responses((status = 200, description = "The days", body = page::List<Day>)),
    security(("access_token" = ["read"]))
)]
pub(super) async fn trend(
    Reader(caller): Reader,
    State(web): State<Web>,
    Path(Id(id)): Path<Id>,
    Query(wanted): Query<WantedDays>,
) -> Result<page::List<Day>, WebError> {
    let today = Utc::now().date_naive();
    let from = wanted.first(today);
    let mut tx = web.store.read().await?;
    let repository = find(&mut tx, caller.sees, id).await?;
    let changes = trends::changes(&mut tx, &[id], from).await?;
    let days = trends::open_by_day(repository.open, &changes, from, today);
    let day = |(date, open): (NaiveDate, trends::Counts)| Day { date, open_findings: open.into() };
    Ok(page::List { items: days.into_iter().map(day).collect() })
}

/// What came and what went, and how long fixes took.
#[derive(Serialize, ToSchema)]
pub(super) struct Flow {
    /// The weeks, the earliest first; the last one has begun.
    weeks: Vec<Week>,
    /// Findings that were fixed in these weeks.
    fixed: i64,
    /// Hours from when a finding was seen first until it was fixed, of the one in the middle; null when none was fixed.
    median_hours_to_fix: Option<i64>,
}

/// What came and what went in a week.
#[derive(Serialize, ToSchema)]
struct Week {
    /// Its Monday, in UTC.
    week: NaiveDate,
    /// Findings that were seen for the first time.
    introduced: i64,
    /// Findings that were fixed.
    fixed: i64,
}

/// How far back.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct WantedWeeks {
    /// How many weeks, the one that has begun included.
    #[serde(default)]
    #[param(inline, required = false)]
    weeks: Whole<1, 104, 26>,
}

/// Shows introduced and fixed findings by week
#[utoipa::path(
    get,
    path = "/api/v1/repositories/{id}/flow",
    tag = "repositories",
    operation_id = "show_flow",
    params(OfRepository, WantedWeeks),
    responses((status = 200, description = "The weeks", body = Flow)),
    security(("access_token" = ["read"]))
)]
pub(super) async fn flow(
    Reader(caller): Reader,
    State(web): State<Web>,
    Path(Id(id)): Path<Id>,
    Query(wanted): Query<WantedWeeks>,
) -> Result<Json<Flow>, WebError> {
    let today = Utc::now().date_naive();
    let count = wanted.weeks.0.unsigned_abs();
    let from = first_week(count, today);
    let mut tx = web.store.read().await?;
    find(&mut tx, caller.sees, id).await?;
    let mut by_week: BTreeMap<_, _> =
        weeks::last(count, today).into_iter().map(|week| (week, [0, 0])).collect();
    for day in trends::flow(&mut tx, id, from).await? {
        if let Some((_, [introduced, fixed])) = by_week.range_mut(..=day.day).next_back() {
            *introduced += day.introduced;
            *fixed += day.fixed;
        }
    }
    let times = trends::fix_times(&mut tx, id, from).await?;
    let week =
        |(week, [introduced, fixed]): (NaiveDate, [i64; 2])| Week { week, introduced, fixed };
    Ok(Json(Flow {
        weeks: by_week.into_iter().map(week).collect(),
        fixed: times.iter().map(|time| time.fixed).sum(),
        median_hours_to_fix: trends::median(&times),
    }))
}

/// How often a rule fired, and what became of its findings.
#[derive(Serialize, ToSchema)]
pub(super) struct RuleCount {
    /// The rule's code.
    #[schema(example = "AW501")]
    rule: String,
    /// The rule's name.
    #[schema(example = "blocking-sleep")]
    name: String,
    /// Findings since the beginning.
    found: i64,
    /// Those that are open.
    open: i64,
    /// Those that were fixed.
    fixed: i64,
    /// Those that a person settled.
    settled: i64,
    /// The rule's page; null for a rule that there is no longer.
    html_url: Option<String>,
}

/// Shows which rules fired
///
/// The rules that ever found something in the repository, the most frequent first.
#[utoipa::path(
    get,
    path = "/api/v1/repositories/{id}/rules",
    tag = "repositories",
    operation_id = "show_repository_rules",
    params(OfRepository),
    responses((status = 200, description = "The rules", body = page::List<RuleCount>)),
    security(("access_token" = ["read"]))
)]
pub(super) async fn rules(
    Reader(caller): Reader,
    State(web): State<Web>,
    Path(Id(id)): Path<Id>,
) -> Result<page::List<RuleCount>, WebError> {
    let mut tx = web.store.read().await?;
    find(&mut tx, caller.sees, id).await?;
    let rules = trends::rules(&mut tx, id, ALL_RULES).await?;
    let rule = |count: trends::RuleCount| RuleCount {
        html_url: rule_page(&web, &count.rule),
        rule: count.rule,
        name: count.name,
        found: count.total,
        open: count.open,
        fixed: count.fixed,
        settled: count.settled,
    };
    Ok(page::List { items: rules.into_iter().map(rule).collect() })
}

/// What the rules of a pass found.
#[derive(Serialize, ToSchema)]
pub(super) struct PassCount {
    /// The pass; null for rules of none, and for those that there are no longer.
    pass: Option<Pass>,
    /// Findings since the beginning.
    found: i64,
    /// Those that are open.
    open: i64,
    /// Those that were fixed.
    fixed: i64,
    /// Those that a person settled.
    settled: i64,
}

/// Shows findings by pass
///
/// The seven passes of a review in their order; behind them rules of no pass, where they found something.
#[utoipa::path(
    get,
    path = "/api/v1/repositories/{id}/passes",
    tag = "repositories",
    operation_id = "show_passes",
    params(OfRepository),
    responses((status = 200, description = "The passes", body = page::List<PassCount>)),
    security(("access_token" = ["read"]))
)]
pub(super) async fn passes(
    Reader(caller): Reader,
    State(web): State<Web>,
    Path(Id(id)): Path<Id>,
) -> Result<page::List<PassCount>, WebError> {
    let mut tx = web.store.read().await?;
    find(&mut tx, caller.sees, id).await?;
    let rules = trends::rules(&mut tx, id, ALL_RULES).await?;
    let count = |pass: Option<analysis::Pass>| {
        let none = PassCount { pass: pass.map(Pass), found: 0, open: 0, fixed: 0, settled: 0 };
        rules.iter().filter(|rule| pass_of(&rule.rule) == pass).fold(none, |sum, rule| PassCount {
            pass: sum.pass,
            found: sum.found + rule.total,
            open: sum.open + rule.open,
            fixed: sum.fixed + rule.fixed,
            settled: sum.settled + rule.settled,
        })
    };
    let passes = analysis::Pass::ALL.into_iter().map(|pass| count(Some(pass)));
    let others = Some(count(None)).filter(|others| others.found > 0);
    Ok(page::List { items: passes.chain(others).collect() })
}

fn pass_of(code: &str) -> Option<analysis::Pass> {
    let rule = rule_by_code(code)?;
    rule.item.map(|_| rule.pass())
}

/// A file with its findings.
#[derive(Serialize, ToSchema)]
pub(super) struct FileCount {
    /// Its path; of a very long one, the beginning.
    #[schema(example = "src/poll.py")]
    path: String,
    /// Findings of the last twelve weeks.
    found: i64,
    /// Findings in open change requests.
    open: i64,
}

/// Shows the hottest files
///
/// At most ten: those in which most was found in the last twelve weeks, and behind them others with open findings.
#[utoipa::path(
    get,
    path = "/api/v1/repositories/{id}/files",
    tag = "repositories",
    operation_id = "show_files",
    params(OfRepository),
    responses((status = 200, description = "The files", body = page::List<FileCount>)),
    security(("access_token" = ["read"]))
)]
pub(super) async fn files(
    Reader(caller): Reader,
    State(web): State<Web>,
    Path(Id(id)): Path<Id>,
) -> Result<page::List<FileCount>, WebError> {
    let from = first_week(weeks::WEEKS, Utc::now().date_naive());
    let mut tx = web.store.read().await?;
    find(&mut tx, caller.sees, id).await?;
    let found = trends::found_in(&mut tx, id, from, files::LISTED as i64).await?;
    let open = trends::open_in(&mut tx, id).await?;
    let file = |row: files::Row| FileCount { path: row.path, found: row.found, open: row.open };
    Ok(page::List { items: files::hottest(found, &open).into_iter().map(file).collect() })
}

/// The checklist's items by week.
#[derive(Serialize, ToSchema)]
pub(super) struct Checklist {
    /// The Mondays of the weeks, the earliest first.
    weeks: Vec<NaiveDate>,
    /// All items of the checklist in their order.
    items: Vec<Item>,
}

/// What was found of an item of the checklist.
#[derive(Serialize, ToSchema)]
#[schema(as = ChecklistWeeks)]
struct Item {
    /// Its number.
    #[schema(example = "C41")]
    item: String,
    title: &'static str,
    pass: Pass,
    /// Codes of the rules that answer it.
    rules: Vec<&'static str>,
    /// Findings that were seen for the first time, by week.
    found: Vec<i64>,
    /// Findings of all these weeks.
    total: i64,
}

/// Shows the checklist by week
///
/// What was found of each item of the checklist in each of the last twelve weeks. A finding counts for every item that its
/// rule answers.
#[utoipa::path(
    get,
    path = "/api/v1/repositories/{id}/checklist",
    tag = "repositories",
    operation_id = "show_checklist",
    params(OfRepository),
    responses((status = 200, description = "The checklist", body = Checklist)),
    security(("access_token" = ["read"]))
)]
pub(super) async fn checklist(
    Reader(caller): Reader,
    State(web): State<Web>,
    Path(Id(id)): Path<Id>,
) -> Result<Json<Checklist>, WebError> {
    let today = Utc::now().date_naive();
    let weeks = weeks::last(weeks::WEEKS, today);
    let mut tx = web.store.read().await?;
    find(&mut tx, caller.sees, id).await?;
    let from = first_week(weeks::WEEKS, today);
    let heat = heat::heat(&trends::rule_weeks(&mut tx, id, from).await?, today);
    let rows = heat.passes.into_iter().flat_map(|pass| pass.rows);
    let item = |row: heat::Row| Item {
        item: row.item.to_string(),
        title: row.question.title,
        pass: Pass(row.question.pass),
        rules: row.rules.iter().map(|rule| rule.code).collect(),
        found: row.cells.iter().map(|cell| cell.found).collect(),
        total: row.total,
    };
    Ok(Json(Checklist { weeks, items: rows.map(item).collect() }))
}
