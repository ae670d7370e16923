//! What a review looks for.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::extract::Path;
use super::names::page as page_of;
use super::page;
use super::values::Name;
use super::words::{Category, Pass, Severity};
use crate::analysis::{self, RULES, Row, rule_by_code, rule_by_name};
use crate::web::{Web, WebError};

/// A rule.
#[derive(Serialize, ToSchema)]
pub(super) struct Rule {
    #[schema(example = "AW501")]
    code: &'static str,
    /// What it flags.
    #[schema(example = "blocking-sleep")]
    name: &'static str,
    /// How bad its findings are, unless it says otherwise for one.
    severity: Severity,
    category: Category,
    /// Null for a rule about the service's own comments.
    pass: Option<Pass>,
    /// The items of the checklist that it answers, the main one first.
    items: Vec<String>,
    /// What it flags, in one line of Markdown.
    summary: &'static str,
    /// This resource.
    #[schema(example = "/api/v1/rules/AW501")]
    url: String,
    /// Its page.
    html_url: String,
}

impl Rule {
    fn new(web: &Web, rule: &'static analysis::Rule) -> Self {
        Self {
            code: rule.code,
            name: rule.name,
            severity: Severity(rule.severity),
            category: Category(rule.category),
            pass: rule.item.map(|_| Pass(rule.pass())),
            items: rule.items().map(|item| item.to_string()).collect(),
            summary: rule.summary(),
            url: format!("/api/v1/rules/{}", rule.code),
            html_url: page_of(web, &format!("/rules/{}", rule.code)),
        }
    }
}

/// A rule with all that is said of it.
#[derive(Serialize, ToSchema)]
pub(super) struct RuleInFull {
    #[serde(flatten)]
    rule: Rule,
    /// The items of the checklist that it answers.
    checklist: Vec<ChecklistItem>,
    /// Its page, in Markdown.
    document: String,
}

/// An item of the checklist.
#[derive(Serialize, ToSchema)]
struct ChecklistItem {
    /// Its number.
    #[schema(example = "C41")]
    item: String,
    title: &'static str,
    /// What a reviewer asks.
    question: &'static str,
    pass: Pass,
    /// The chapter of the book that it comes from.
    chapter: u8,
}

impl ChecklistItem {
    fn new(row: &Row) -> Self {
        Self {
            item: row.item.to_string(),
            title: row.title,
            question: row.question,
            pass: Pass(row.pass),
            chapter: row.chapter,
        }
    }
}

/// Lists the rules
#[utoipa::path(
    get,
    path = "/api/v1/rules",
    tag = "rules",
    operation_id = "list_rules",
    responses((status = 200, description = "All rules of this version", body = page::List<Rule>))
)]
pub(super) async fn list(State(web): State<Web>) -> page::List<Rule> {
    page::List { items: RULES.iter().map(|rule| Rule::new(&web, rule)).collect() }
}

/// Shows a rule
///
/// With its page and the items of the checklist that it answers.
#[utoipa::path(
    get,
    path = "/api/v1/rules/{code}",
    tag = "rules",
    operation_id = "show_rule",
    params(OfRule),
    responses((status = 200, description = "The rule", body = RuleInFull))
)]
pub(super) async fn show(
    State(web): State<Web>,
    Path(Name(code)): Path<Name>,
) -> Result<Json<RuleInFull>, WebError> {
    let rule = rule_by_code(&code).or_else(|| rule_by_name(&code));
    let rule = rule.ok_or(WebError::NotFound("there is no rule of that code or name"))?;
    let rows = rule.items().filter_map(analysis::Item::row);
    Ok(Json(RuleInFull {
        rule: Rule::new(&web, rule),
        checklist: rows.map(ChecklistItem::new).collect(),
        document: rule.document(),
    }))
}

/// The rule that is asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code, reason = "the description is made from it")]
pub(super) struct OfRule {
    /// The rule's code or name.
    #[param(inline)]
    code: Name,
}
