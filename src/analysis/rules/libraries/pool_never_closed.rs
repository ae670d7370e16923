use crate::analysis::rules::lasting;
use crate::analysis::{Category, Item, Report, Rule, Severity};
use crate::python::{Fact, Module, Tag};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW608",
    name: "pool-never-closed",
    item: Some(Item(54)),
    also: &[Item(33), Item(40)],
    severity: Severity::Critical,
    category: Category::Leak,
    page: include_str!("pool_never_closed.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    let is_pool = |fact: &Fact<'_>| fact.has(Tag::Pool);
    lasting::check(module, report, is_pool);
}
