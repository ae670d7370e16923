//! The gate: what decides whether the change may be merged.

use crate::analysis::{Place, Severity};

/// What the platform shows beside the head commit, and merges by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// How far the review is.
    pub state: GateState,
    /// One line: "2 critical findings".
    pub title: String,
    /// Markdown; may be cut by the platform's limit.
    pub summary: String,
    /// Findings at their places, also outside the diff. Only with [`GateState::Completed`].
    pub annotations: Vec<Annotation>,
    /// Where the whole review can be read.
    pub details_url: Option<String>,
}

/// How far the review is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GateState {
    /// Waits for a worker.
    Queued,
    /// A worker is at it.
    Running,
    /// It ended.
    Completed(Conclusion),
}

/// How a review ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conclusion {
    /// Nothing reaches the gate's threshold.
    Passed,
    /// Something does.
    Failed,
    /// We could not do our work; the reason is in the title.
    Neutral,
    /// There is nothing to review.
    Skipped,
    /// The change request was closed, or the head was replaced.
    Cancelled,
    /// The review took longer than its deadline.
    TimedOut,
}

/// A finding beside a line, shown with the gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// Where.
    pub place: Place,
    /// How bad.
    pub severity: Severity,
    /// `AW501 blocking-sleep`.
    pub title: String,
    /// Plain text.
    pub message: String,
}
