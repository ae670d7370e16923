//! What a rule is.

use super::{Category, Item, Pass, RULES, Report, Severity};
use crate::python::Module;

/// A rule's code, `AW` and three digits: the first is the section of the checklist.
pub type RuleCode = &'static str;

/// One decidable question about Python code.
pub struct Rule {
    /// Its code: `AW501`.
    pub code: RuleCode,
    /// What it flags, in kebab-case: `blocking-sleep`.
    pub name: &'static str,
    /// The checklist item that it answers first; `None` for a rule about asyncwarden's own comments.
    pub item: Option<Item>,
    /// Further items that it speaks to.
    pub also: &'static [Item],
    /// How bad a finding is, unless the rule says otherwise for one.
    pub severity: Severity,
    /// What kind of trouble a finding is.
    pub category: Category,
    /// The rule's page, in Markdown. Its first line is the title, its second paragraph the summary.
    pub page: &'static str,
    /// Looks at a module and says what it finds.
    pub check: fn(&Module<'_>, &mut Report),
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code)
    }
}

impl Rule {
    /// The pass of the review that the rule belongs to.
    pub fn pass(&self) -> Pass {
        self.item.and_then(Item::row).map_or(Pass::Concurrency, |row| row.pass)
    }

    /// What the rule flags, in one line: the first paragraph of its page.
    pub fn summary(&self) -> &'static str {
        self.page.lines().skip(1).find(|line| !line.trim().is_empty()).unwrap_or_default()
    }
}

/// The rule with this code: `AW501`. Letters may be of either case.
pub fn rule_by_code(code: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.code.eq_ignore_ascii_case(code))
}

/// The rule with this name: `blocking-sleep`.
pub fn rule_by_name(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}
