//! `GET /rules` and `GET /rules/{code}`: what a review looks for.

mod fires;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use chrono::Utc;

use self::fires::Fires;
use super::viewer::{Viewer, page_for};
use super::{Web, WebError, dashboard, markdown};
use crate::analysis::{Item, Pass, RULES, Row, Rule, rule_by_code, rule_by_name};
use crate::store::trends::{self, RuleTotal};

#[derive(Template)]
#[template(path = "rules.html")]
struct Rules {
    passes: Vec<RulesOfPass>,
    /// Whether somebody looks for whose repositories there are numbers.
    counted: bool,
}

struct RulesOfPass {
    title: String,
    rules: Vec<Line>,
}

struct Line {
    rule: &'static Rule,
    total: RuleTotal,
    findings_href: String,
}

/// All rules by pass, with what they found in the viewer's repositories.
pub(super) async fn list(
    viewer: Option<Viewer>,
    State(web): State<Web>,
) -> Result<Response, WebError> {
    let totals = match &viewer {
        Some(viewer) => {
            let mut tx = web.store.read().await?;
            trends::rule_totals(&mut tx, viewer.sees, None).await?
        }
        None => Vec::new(),
    };
    let line = |rule: &'static Rule| Line {
        rule,
        total: totals.iter().find(|total| total.rule == rule.code).cloned().unwrap_or_default(),
        findings_href: dashboard::findings::href_of_rule(None, rule.code),
    };
    let titled = Pass::ALL.map(|pass| (format!("{} pass", pass.title()), Some(pass)));
    let own = ("About asyncwarden's own comments".to_owned(), None);
    let passes = titled.into_iter().chain([own]).map(|(title, pass)| {
        let of = |rule: &&&Rule| rule.item.map(|_| rule.pass()) == pass;
        RulesOfPass { title, rules: RULES.iter().filter(of).map(|rule| line(rule)).collect() }
    });
    let passes = passes.filter(|pass| !pass.rules.is_empty()).collect();
    let counted = viewer.is_some();
    Ok(page_for(viewer.as_ref(), &Rules { passes, counted })?.into_response())
}

#[derive(Template)]
#[template(path = "rule.html")]
struct RulePage {
    rule: &'static Rule,
    rows: Vec<&'static Row>,
    page: String,
    /// For viewers alone.
    fires: Option<Fires>,
}

/// One rule's page, by its code or its name.
pub(super) async fn show(
    viewer: Option<Viewer>,
    State(web): State<Web>,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let Some(rule) = rule_by_code(&code).or_else(|| rule_by_name(&code)) else {
        return dashboard::missing("There is no such rule.");
    };
    let fires = match &viewer {
        Some(viewer) => {
            let mut tx = web.store.read().await?;
            Some(Fires::of(&mut tx, viewer.sees, rule, Utc::now().date_naive()).await?)
        }
        None => None,
    };
    let rows = rule.items().filter_map(Item::row).collect();
    let page = markdown::page(&rule.document());
    Ok(page_for(viewer.as_ref(), &RulePage { rule, rows, page, fires })?.into_response())
}
