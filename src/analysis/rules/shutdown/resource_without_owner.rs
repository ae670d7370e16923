use crate::analysis::rules::lasting;
use crate::analysis::{Category, Item, Report, Rule, Severity};
use crate::python::{Fact, Module, Tag};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW403",
    name: "resource-without-owner",
    item: Some(Item(33)),
    also: &[Item(40)],
    severity: Severity::Critical,
    category: Category::Leak,
    page: include_str!("resource_without_owner.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    // Sessions and pools have rules of their own.
    let wanted = |fact: &Fact<'_>| {
        fact.resource.is_some_and(|it| it.asynchronous)
            && !fact.has(Tag::Session)
            && !fact.has(Tag::Pool)
    };
    lasting::check(module, report, wanted);
}
