//! `GET /rules` and `GET /rules/{code}`: what a review looks for.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};

use super::viewer::{Viewer, page_for};
use super::{WebError, dashboard, markdown};
use crate::analysis::{Item, Pass, RULES, Row, Rule, rule_by_code, rule_by_name};

#[derive(Template)]
#[template(path = "rules.html")]
struct Rules {
    passes: Vec<RulesOfPass>,
}

struct RulesOfPass {
    title: String,
    rules: Vec<&'static Rule>,
}

/// All rules by pass.
pub(super) async fn list(viewer: Option<Viewer>) -> Result<Response, WebError> {
    let titled = Pass::ALL.map(|pass| (format!("{} pass", pass.title()), Some(pass)));
    let own = ("About asyncwarden's own comments".to_owned(), None);
    let passes = titled.into_iter().chain([own]).map(|(title, pass)| {
        let of = |rule: &&&Rule| rule.item.map(|_| rule.pass()) == pass;
        RulesOfPass { title, rules: RULES.iter().filter(of).copied().collect() }
    });
    let passes = passes.filter(|pass| !pass.rules.is_empty()).collect();
    Ok(page_for(viewer.as_ref(), &Rules { passes })?.into_response())
}

#[derive(Template)]
#[template(path = "rule.html")]
struct RulePage {
    rule: &'static Rule,
    rows: Vec<&'static Row>,
    page: String,
}

/// One rule's page, by its code or its name.
pub(super) async fn show(
    viewer: Option<Viewer>,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let Some(rule) = rule_by_code(&code).or_else(|| rule_by_name(&code)) else {
        return dashboard::missing("There is no such rule.");
    };
    let rows = rule.items().filter_map(Item::row).collect();
    let page = markdown::page(&rule.document());
    Ok(page_for(viewer.as_ref(), &RulePage { rule, rows, page })?.into_response())
}
