use crate::analysis::rules::lasting;
use crate::analysis::rules::resources::is_of_aiofiles;
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
    // Sessions, pools and files of aiofiles have rules of their own.
    let wanted = |fact: &Fact<'_>| {
        fact.resource.is_some_and(|it| it.asynchronous)
            && !is_of_aiofiles(fact)
            && !fact.has(Tag::Session)
            && !fact.has(Tag::Pool)
    };
    lasting::check(module, report, wanted);
}
