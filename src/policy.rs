//! A repository's own settings: what is reported, where, and what fails the gate.
//!
//! Read from the base of a change, so that a change can't loosen its own gate. Whatever the files hold, reading them ends,
//! and what can't be used becomes a sentence for the summary.

mod choice;
mod files;
mod known;
mod nearest;
mod pattern;
mod reader;
mod selector;
mod settings;
mod target;

pub use choice::{Audience, Choice};
pub use files::{FILES, stated};
pub use known::KnownName;
pub(crate) use nearest::nearest;
pub use settings::markdown_table;

use crate::analysis::{Confidence, Finding, Severity};

/// The oldest Python a project supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PythonVersion(pub u8, pub u8);

impl std::fmt::Display for PythonVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

/// What a finding needs to be shown at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    /// At least this bad.
    pub severity: Severity,
    /// At least this sure.
    pub confidence: Confidence,
}

/// A repository's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Advice names no API that this version lacks.
    pub target: PythonVersion,
    /// `except Exception` counts as catching cancellation when the project supports a Python older than this.
    pub except_exception_below: PythonVersion,
    /// What gets an inline comment.
    pub inline: Threshold,
    /// What is named in the summary.
    pub summary: Threshold,
    /// What fails the gate.
    pub gate: Threshold,
    /// Most inline comments of one review.
    pub max_comments: usize,
    /// Whether drafts are reviewed, too.
    pub drafts: bool,
    /// Whether what passes the gate is approved, too.
    pub approval: bool,
    /// Whether everybody may see the repository's badge.
    pub badge: bool,
    /// Which rules run on which files, and how bad their findings are there.
    pub choice: Choice,
    /// What the repository says about names that the catalogue does not know, in the order of the file.
    pub known: Vec<KnownName>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            target: PythonVersion(3, 10),
            except_exception_below: PythonVersion(3, 8),
            inline: Threshold { severity: Severity::Medium, confidence: Confidence::Likely },
            summary: Threshold { severity: Severity::Low, confidence: Confidence::Possible },
            gate: Threshold { severity: Severity::High, confidence: Confidence::Likely },
            max_comments: 25,
            drafts: false,
            approval: false,
            badge: false,
            choice: Choice::default(),
            known: Vec::new(),
        }
    }
}

impl Threshold {
    /// Whether a finding with these marks reaches the threshold.
    pub fn admits(self, severity: Severity, confidence: Confidence) -> bool {
        severity >= self.severity && confidence >= self.confidence
    }
}

impl Policy {
    /// Whether an audience hears of the finding.
    pub fn admits(&self, audience: Audience, finding: &Finding) -> bool {
        let threshold = match audience {
            Audience::Inline => self.inline,
            Audience::Summary => self.summary,
            Audience::Gate => self.gate,
        };
        threshold.admits(finding.severity, finding.confidence)
            && self.choice.hears(audience, &finding.place.path)
    }
}
