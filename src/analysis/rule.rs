//! What a rule is.

use super::{Category, Item, Pass, Severity};
use crate::python::Module;

/// A rule's code, `AW` and three digits: the first is the section of the checklist.
pub type RuleCode = &'static str;

/// One decidable question about Python code.
pub struct Rule {
    /// Its code: `AW501`.
    pub code: RuleCode,
    /// What it flags, in kebab-case: `blocking-sleep`.
    pub name: &'static str,
    /// The checklist item that it answers first.
    pub item: Item,
    /// Further items that it speaks to.
    pub also: &'static [Item],
    /// How bad a finding is, unless the rule says otherwise for one.
    pub severity: Severity,
    /// What kind of trouble a finding is.
    pub category: Category,
    /// The rule's page, in Markdown. Its first line is the title, its second paragraph the summary.
    pub page: &'static str,
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code)
    }
}

impl Rule {
    /// The pass of the review that the rule belongs to.
    pub fn pass(&self) -> Pass {
        self.item.row().map_or(Pass::Concurrency, |row| row.pass)
    }

    /// What the rule flags, in one line: the first paragraph of its page.
    pub fn summary(&self) -> &'static str {
        self.page.lines().skip(1).find(|line| !line.trim().is_empty()).unwrap_or_default()
    }
}
