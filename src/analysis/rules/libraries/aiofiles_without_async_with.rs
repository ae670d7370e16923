use crate::analysis::rules::lasting;
use crate::analysis::rules::resources::{check_those, is_of_aiofiles};
use crate::analysis::{Category, Item, Report, Rule, Severity};
use crate::python::Module;

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW606",
    name: "aiofiles-without-async-with",
    item: Some(Item(52)),
    also: &[Item(25), Item(40)],
    severity: Severity::Critical,
    category: Category::Leak,
    page: include_str!("aiofiles_without_async_with.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    check_those(module, report, is_of_aiofiles);
    lasting::check(module, report, is_of_aiofiles);
}
