//! The gate: what decides whether the change may be merged.

use super::markdown::{plain, sentence};
use crate::analysis::{Place, Severity};
use crate::change::visible;

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

impl Gate {
    /// Waits for a worker.
    pub fn queued(details_url: Option<String>) -> Self {
        Self::plain(GateState::Queued, "Waiting for a worker", "The review is queued.", details_url)
    }

    /// A worker is at it.
    pub fn running(details_url: Option<String>) -> Self {
        Self::plain(GateState::Running, "Reviewing", "The review is running.", details_url)
    }

    /// We could not do our work. `reason` is a clause that a person reads: "GitLab did not answer". It blocks nothing.
    pub fn neutral(reason: &str, details_url: Option<String>) -> Self {
        let summary = format!(
            "The review did not happen: {reason}. This says nothing about the change. Run it again to have it reviewed.",
            reason = sentence(reason.trim_end_matches('.')),
        );
        let title = one_line(&format!("Not reviewed: {reason}"));
        Self::plain(GateState::Completed(Conclusion::Neutral), &title, &summary, details_url)
    }

    /// There is nothing to review. `reason` is the title: "Draft".
    pub fn skipped(reason: &str, details_url: Option<String>) -> Self {
        let summary = "There is nothing to review.";
        let title = one_line(reason);
        Self::plain(GateState::Completed(Conclusion::Skipped), &title, summary, details_url)
    }

    /// The verdict of a change request, shown again on another commit.
    pub fn repeated(
        number: &str,
        conclusion: Conclusion,
        title: &str,
        details_url: Option<String>,
    ) -> Self {
        let summary = format!("The verdict of {number}, which this commit merges.");
        let title = one_line(&format!("{number}: {title}"));
        Self::plain(GateState::Completed(conclusion), &title, &summary, details_url)
    }

    /// The verdict that a review came to before.
    pub fn ended(conclusion: Conclusion, title: &str, details_url: Option<String>) -> Self {
        Self::plain(GateState::Completed(conclusion), title, "", details_url)
    }

    /// Somebody wants no reviews for now. It blocks nothing.
    pub fn paused(by: &str, details_url: Option<String>) -> Self {
        let summary = "Reviews of this change are paused. `@asyncwarden resume` in a comment lets them go on, and \
            `@asyncwarden review` asks for one.";
        let title = one_line(&format!("Paused by {by}"));
        Self::plain(GateState::Completed(Conclusion::Neutral), &title, summary, details_url)
    }

    /// The operator wants no reviews in the repository for now. It blocks nothing.
    pub fn held(reason: Option<&str>, details_url: Option<String>) -> Self {
        let reason = reason.map(|reason| format!(": {}", plain(reason))).unwrap_or_default();
        let summary = format!(
            "Who operates this service has reviews of this repository wait{reason}. This says nothing about the change. It is \
            reviewed by itself once they go on."
        );
        let title = "Paused by the operator";
        Self::plain(GateState::Completed(Conclusion::Neutral), title, &summary, details_url)
    }

    /// The change request was closed, or its head was replaced. `reason` is the title.
    pub fn cancelled(reason: &str, details_url: Option<String>) -> Self {
        let summary = "The review was cancelled; its result would be of no use.";
        let title = one_line(reason);
        Self::plain(GateState::Completed(Conclusion::Cancelled), &title, summary, details_url)
    }

    /// The review took longer than its deadline.
    pub fn timed_out(details_url: Option<String>) -> Self {
        Self::plain(
            GateState::Completed(Conclusion::TimedOut),
            "The review took too long",
            "The review did not end before its deadline. Run it again to have the change reviewed.",
            details_url,
        )
    }

    fn plain(state: GateState, title: &str, summary: &str, details_url: Option<String>) -> Self {
        let (title, summary) = (title.to_owned(), summary.to_owned());
        Self { state, title, summary, annotations: Vec::new(), details_url }
    }
}

/// Longest title, in Unicode scalar values: the shortest limit of the platforms is 140.
const TITLE: usize = 138;

/// The text as a title: on one line, and not longer than platforms show. Titles are no Markdown.
fn one_line(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = visible(&text);
    if text.chars().count() <= TITLE {
        return text.into_owned();
    }
    let mut cut: String = text.chars().take(TITLE - 3).collect();
    cut.push_str("...");
    cut
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

impl Conclusion {
    /// All of them.
    pub const ALL: [Conclusion; 6] = [
        Conclusion::Passed,
        Conclusion::Failed,
        Conclusion::Neutral,
        Conclusion::Skipped,
        Conclusion::Cancelled,
        Conclusion::TimedOut,
    ];

    /// Its name in columns and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Conclusion::Passed => "passed",
            Conclusion::Failed => "failed",
            Conclusion::Neutral => "neutral",
            Conclusion::Skipped => "skipped",
            Conclusion::Cancelled => "cancelled",
            Conclusion::TimedOut => "timed-out",
        }
    }
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
