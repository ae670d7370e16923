//! Which rules run on which files, and how bad their findings are there.

use std::collections::BTreeMap;

use super::pattern::Pattern;
use super::selector::Selector;
use crate::analysis::{RULES, Rule, RuleCode, Severity};

/// Who may hear of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    /// Readers of the changed lines: an inline comment.
    Inline,
    /// Readers of the summary.
    Summary,
    /// The check that gates the merge.
    Gate,
}

/// A repository's choice of rules and files. The default is all rules on all files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    exclude: Vec<Pattern>,
    /// The narrowest pattern first; what holds for all files is last.
    layers: Vec<Layer>,
}

/// What is chosen for some files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Layer {
    /// `None` for all files.
    files: Option<Pattern>,
    /// Whether a rule runs, for the rules of which the layer says it.
    runs: BTreeMap<RuleCode, bool>,
    severities: BTreeMap<RuleCode, Severity>,
    hears: BTreeMap<Audience, bool>,
}

/// What settings state for some files.
#[derive(Debug, Default)]
pub(super) struct Stated {
    /// `None` when nothing is said: the wider settings hold.
    pub(super) select: Option<Vec<Selector>>,
    pub(super) ignore: Vec<Selector>,
    pub(super) severities: Vec<(Selector, Severity)>,
    pub(super) hears: BTreeMap<Audience, bool>,
}

impl Choice {
    /// The choice that settings state: for all files, and for those that meet patterns.
    pub(super) fn new(exclude: Vec<Pattern>, all: &Stated, some: Vec<(Pattern, Stated)>) -> Self {
        let narrow = some.into_iter().map(|(files, stated)| Layer::new(Some(files), &stated));
        let mut layers: Vec<Layer> = narrow.collect();
        let narrowness = |layer: &Layer| {
            let (length, text) = layer.files.as_ref().map(Pattern::narrowness).unwrap_or_default();
            (std::cmp::Reverse(length), text.to_owned())
        };
        layers.sort_by_cached_key(narrowness);
        let all = Layer::new(None, all);
        if all != Layer::default() {
            layers.push(all);
        }
        Self { exclude, layers }
    }

    /// Whether the repository wants a file left out.
    pub fn is_excluded(&self, path: &str) -> bool {
        self.exclude.iter().any(|pattern| pattern.is_met_by(path))
    }

    /// Whether the rule runs on a file.
    pub fn runs(&self, rule: &Rule, path: &str) -> bool {
        self.said(path, |layer| layer.runs.get(rule.code).copied()).unwrap_or(true)
    }

    /// How bad all findings of the rule are in a file, if the repository says so.
    pub fn severity(&self, rule: &Rule, path: &str) -> Option<Severity> {
        self.said(path, |layer| layer.severities.get(rule.code).copied())
    }

    /// Whether an audience hears of findings in a file.
    pub fn hears(&self, audience: Audience, path: &str) -> bool {
        self.said(path, |layer| layer.hears.get(&audience).copied()).unwrap_or(true)
    }

    /// What the narrowest layer says that says something.
    fn said<T>(&self, path: &str, what: impl Fn(&Layer) -> Option<T>) -> Option<T> {
        self.layers.iter().find_map(|layer| {
            let said = what(layer)?;
            layer.files.as_ref().is_none_or(|files| files.is_met_by(path)).then_some(said)
        })
    }
}

impl Layer {
    fn new(files: Option<Pattern>, stated: &Stated) -> Self {
        let runs = RULES.iter().filter_map(|rule| Some((rule.code, stated.runs(rule)?)));
        let severities = RULES.iter().filter_map(|rule| Some((rule.code, stated.severity(rule)?)));
        Self {
            runs: runs.collect(),
            severities: severities.collect(),
            files,
            hears: stated.hears.clone(),
        }
    }
}

impl Stated {
    /// The narrower of two lists wins; `ignore` does when both name the rule in the same way.
    fn runs(&self, rule: &Rule) -> Option<bool> {
        let select = self.select.as_deref().map(|list| narrowest(list, rule));
        match (select, narrowest(&self.ignore, rule)) {
            (None, None) => None,
            (None, Some(_)) | (Some(None), _) => Some(false),
            (Some(Some(_)), None) => Some(true),
            (Some(Some(select)), Some(ignore)) => Some(select > ignore),
        }
    }

    fn severity(&self, rule: &Rule) -> Option<Severity> {
        let named = self.severities.iter().filter(|(selector, _)| selector.names(rule));
        named.max_by_key(|(selector, _)| selector.narrowness()).map(|(_, severity)| *severity)
    }
}

fn narrowest(list: &[Selector], rule: &Rule) -> Option<usize> {
    list.iter().filter(|it| it.names(rule)).map(Selector::narrowness).max()
}
