//! A repository's own settings: what is reported, where, and what fails the gate.
//!
//! Read from the base of a change, so that a change can't loosen its own gate.

mod files;
mod nearest;
mod target;

pub(crate) use nearest::nearest;

use crate::analysis::{Confidence, Severity};

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
    /// What gets an inline comment.
    pub inline: Threshold,
    /// What is named in the summary.
    pub summary: Threshold,
    /// What fails the gate.
    pub gate: Threshold,
    /// Most inline comments of one review.
    pub max_comments: usize,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            target: PythonVersion(3, 10),
            inline: Threshold { severity: Severity::Medium, confidence: Confidence::Likely },
            summary: Threshold { severity: Severity::Low, confidence: Confidence::Possible },
            gate: Threshold { severity: Severity::High, confidence: Confidence::Likely },
            max_comments: 25,
        }
    }
}

impl Threshold {
    /// Whether a finding with these marks reaches the threshold.
    pub fn admits(self, severity: Severity, confidence: Confidence) -> bool {
        severity >= self.severity && confidence >= self.confidence
    }
}
