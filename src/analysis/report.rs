//! What rules say.

use std::rc::Rc;

use super::observe::Before;
use super::{Category, Confidence, Rule, Severity};
use crate::policy::{Policy, PythonVersion};
use crate::python::{Effort, Module, Site, Span, TextEdit};

/// Collects what one rule says about one module.
pub struct Report<'a> {
    rule: &'static Rule,
    policy: &'a Policy,
    before: Option<&'a Before<'a>>,
    effort: Rc<Effort>,
    drafts: Vec<Draft>,
    satisfied: Vec<Span>,
}

/// A finding as a rule states it, before the engine knows whether it is new.
#[derive(Debug, Clone)]
pub struct Draft {
    pub(super) rule: &'static Rule,
    pub(super) span: Span,
    pub(super) message: String,
    pub(super) severity: Severity,
    pub(super) category: Category,
    pub(super) confidence: Confidence,
    pub(super) because: Vec<Site>,
    pub(super) related: Vec<(Site, String)>,
    pub(super) fix: Option<(String, Vec<TextEdit>)>,
    /// Stated when nothing was worked out any more.
    late: bool,
}

impl<'a> Report<'a> {
    /// An empty report of a rule. What is stated after the session is exhausted is left out.
    pub(super) fn of(rule: &'static Rule, policy: &'a Policy, module: &Module<'_>) -> Self {
        let effort = module.project().effort();
        Self { rule, policy, before: None, effort, drafts: Vec::new(), satisfied: Vec::new() }
    }

    /// Tells the rule what the file was before the change.
    pub(super) fn after(self, before: Option<&'a Before<'a>>) -> Self {
        Self { before, ..self }
    }

    /// The file before the change that is reviewed, when it was there and a review is what is done. What it did says of code
    /// that cannot be resolved what its authors know of it.
    pub fn before(&self) -> Option<Module<'a>> {
        self.before.map(|it| it())
    }

    /// The oldest Python that the project supports: advice names nothing that it lacks.
    pub fn target(&self) -> PythonVersion {
        self.policy.target
    }

    /// `except Exception` catches cancellation in projects that support a Python older than this.
    pub fn except_exception_below(&self) -> PythonVersion {
        self.policy.except_exception_below
    }

    /// States a finding in the module that is checked. It has the rule's severity and category, and is certain, unless
    /// the methods of the result say otherwise.
    pub fn finding(&mut self, span: impl Into<Span>, message: impl Into<String>) -> &mut Draft {
        self.drafts.push(Draft {
            rule: self.rule,
            span: span.into(),
            message: begun(message.into()),
            severity: self.rule.severity,
            category: self.rule.category,
            confidence: Confidence::Certain,
            because: Vec::new(),
            related: Vec::new(),
            fix: None,
            late: self.effort.is_spent(),
        });
        let last = self.drafts.len() - 1;
        &mut self.drafts[last]
    }

    /// States that the practice is followed here.
    pub fn satisfied(&mut self, span: impl Into<Span>) {
        if !self.effort.is_spent() {
            self.satisfied.push(span.into());
        }
    }

    pub(super) fn into_parts(mut self) -> (Vec<Draft>, Vec<Span>) {
        self.drafts.retain(|draft| !draft.late);
        (self.drafts, self.satisfied)
    }
}

impl Draft {
    /// How bad it is here.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = severity;
        self
    }

    /// What kind of trouble it is here.
    pub fn category(&mut self, category: Category) -> &mut Self {
        self.category = category;
        self
    }

    /// How sure the rule is.
    pub fn confidence(&mut self, confidence: Confidence) -> &mut Self {
        self.confidence = confidence;
        self
    }

    /// Whether the rule is less than fairly sure so far.
    pub fn is_unsure(&self) -> bool {
        self.confidence == Confidence::Possible
    }

    /// A place that causes the finding, in whatever file: it is reported when that place is changed, too. Nothing is said of
    /// it. A bare range becomes a place by [`crate::python::Module::site`].
    pub fn because(&mut self, site: impl Into<Site>) -> &mut Self {
        self.because.push(site.into());
        self
    }

    /// A further place, in whatever file, and what is there: "the session is made here". It causes the finding, as with [`Draft::because`].
    pub fn related(&mut self, site: impl Into<Site>, text: impl Into<String>) -> &mut Self {
        self.related.push((site.into(), text.into()));
        self
    }

    /// A repair, named in the imperative. It is dropped when the repaired file does not parse, still has the finding,
    /// or has a new one.
    pub fn fix(&mut self, title: impl Into<String>, edits: Vec<TextEdit>) -> &mut Self {
        self.fix = Some((title.into(), edits));
        self
    }
}

/// A message as a sentence: with a capital, unless it begins with a name from the code.
fn begun(mut message: String) -> String {
    if let Some(first) = message.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    message
}
