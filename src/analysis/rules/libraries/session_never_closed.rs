use crate::analysis::rules::lasting;
use crate::analysis::{Category, Item, Report, Rule, Severity};
use crate::python::{Fact, Module, Tag};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW602",
    name: "session-never-closed",
    item: Some(Item(48)),
    also: &[Item(33)],
    severity: Severity::Critical,
    category: Category::Leak,
    page: include_str!("session_never_closed.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    let is_session = |fact: &Fact<'_>| fact.has(Tag::Session);
    lasting::check(module, report, is_session);
}
