//! From two trees and a change set to findings and verdicts. Pure: no I/O, no clock.
//!
//! ```text
//! engine      runs it: `analyse` for a change, `check_tree` for whole files
//! selection   which files are looked at, by which rules
//! side        the files of one side of a change
//! focus       which functions of a changed file have to be looked at
//! affected    unchanged files whose findings the change may change
//! observe     what the rules find in one version of one file; suppression: what comments there keep back
//! baseline    findings of the head that the base doesn't have
//! placing     where a reader of the change sees them
//! fixes       repairs that are shown to repair
//! verdicts    the outcome of each item of the checklist
//! ```
//!
//! `rules` are by the sections of the [`CHECKLIST`], [`catalogue`] is what is known of libraries. A [`Rule`] asks a [`Module`] and
//! tells a [`Report`]; CONTRIBUTING.md shows how one is added.

mod affected;
mod baseline;
pub mod catalogue;
mod checklist;
mod edits;
mod engine;
mod finding;
mod fingerprint;
mod fixes;
mod focus;
mod observe;
mod page;
mod place;
mod placing;
mod report;
mod rule;
mod rules;
mod selection;
mod side;
mod suppression;
mod verdicts;

pub use checklist::{CHECKLIST, Item, Pass, Row};
pub use edits::replaced;
pub use engine::{
    analyse, analyse_thoroughly, analyse_with, check_tree, check_tree_on_stack, check_tree_while,
    check_tree_with,
};
pub use finding::{
    Category, Confidence, Edit, Finding, Fingerprint, Fix, Place, Related, Severity,
};
pub use report::{Draft, Report};
pub use rule::{Rule, RuleCode, rule_by_code, rule_by_name};
pub use rules::RULES;

use std::sync::Arc;

use crate::change::{ChangeSet, Tree};
use crate::policy::Policy;
use crate::python::Module;
use crate::python::index::Contents;

/// Asked between files, rules and repairs whether to go on, since the analysis has no clock. Once it says no it has to keep
/// to that; what is not looked at then is named in [`Analysis::skipped`]. `None`: to the end.
pub type GoOn<'a> = Option<&'a (dyn Fn() -> bool + Sync)>;

/// What to analyse.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The repository before the change (at the merge base).
    pub base: &'a dyn Tree,
    /// The repository after the change.
    pub head: &'a dyn Tree,
    /// What differs between the two.
    pub change: &'a ChangeSet,
    /// The repository's own settings, read from the base.
    pub policy: &'a Policy,
    /// What is known of files by what they hold, from earlier analyses; what this one finds out is added.
    pub known: Option<&'a Arc<Contents>>,
    /// Whether to go on.
    pub go_on: GoOn<'a>,
}

/// What the analysis found out.
#[derive(Debug, Clone, Default)]
pub struct Analysis {
    /// Findings, most important first (category, severity, path, line).
    pub findings: Vec<Finding>,
    /// Files that were not analysed, or not in full, and why.
    pub skipped: Vec<SkippedFile>,
    /// What the review could not take into account, each a sentence.
    pub notes: Vec<String>,
    /// Findings that a comment in the code suppresses.
    pub suppressed: Vec<Finding>,
    /// How many Python files were analysed.
    pub files_analysed: usize,
    /// How many changed lines of Python were analysed.
    pub lines_analysed: usize,
    /// One verdict for each item for which a rule exists, in the order of the checklist.
    pub verdicts: Vec<Verdict>,
}

/// A file that was not analysed, or not in full.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SkippedFile {
    /// Path in the head.
    pub path: String,
    /// Why, as the rest of a sentence: "is not UTF-8".
    pub reason: String,
}

/// The outcome of one item of the checklist for this change.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Verdict {
    /// The item.
    pub item: Item,
    /// The outcome.
    pub outcome: Outcome,
    /// Where the practice is followed; only for [`Outcome::Satisfied`], at most a few places.
    pub evidence: Vec<Place>,
}

/// How an item came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// At least one finding.
    Violated,
    /// The change does what the item asks for.
    Satisfied,
    /// The change has no subject for the item.
    NotApplicable,
}
