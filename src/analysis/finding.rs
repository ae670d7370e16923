//! What a rule found, and the words for how bad it is.

use serde::{Deserialize, Serialize};

use super::{Item, Rule};

/// How bad a finding is. `Critical` is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A best practice is not followed.
    Low,
    /// Performance or maintainability suffers.
    Medium,
    /// Reliability or correctness is at stake.
    High,
    /// The event loop is blocked, or resources leak.
    Critical,
}

impl Severity {
    /// All severities, worst first.
    pub const ALL: [Severity; 4] =
        [Severity::Critical, Severity::High, Severity::Medium, Severity::Low];

    /// The severity's name as a person reads it.
    pub fn title(self) -> &'static str {
        match self {
            Severity::Critical => "Critical",
            Severity::High => "High",
            Severity::Medium => "Medium",
            Severity::Low => "Low",
        }
    }

    /// The severity's name in columns and output, as serde writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Critical => "critical",
            Severity::High => "high",
            Severity::Medium => "medium",
            Severity::Low => "low",
        }
    }
}

/// What kind of trouble a finding is. `Blocking` is the greatest: findings rank by it first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    /// A best practice.
    Practice,
    /// Something can hang for ever.
    Timeout,
    /// Cancellation does not work.
    Cancellation,
    /// A resource is not given back.
    Leak,
    /// The event loop stands still.
    Blocking,
}

/// How sure the analysis is. `Certain` is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A heuristic.
    Possible,
    /// One other reading exists.
    Likely,
    /// All names resolve; there is no other reading.
    Certain,
}

/// A range in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Path in the head, relative to the repository's root.
    pub path: String,
    /// 1-based first line.
    pub line: u32,
    /// 1-based last line, inclusive.
    pub end_line: u32,
    /// 1-based first column on `line`, in Unicode scalar values.
    pub column: u32,
    /// 1-based column on `end_line` just behind the range, in Unicode scalar values.
    pub end_column: u32,
}

/// A further place that explains a finding: a link of the call chain, where a resource was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Related {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// What is there.
    pub message: String,
}

/// A change of the code that repairs a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// What it does, in the imperative: "Await `asyncio.sleep`".
    pub title: String,
    /// Edits of the head's file, not overlapping, in order.
    pub edits: Vec<Edit>,
}

/// Replaces a range of a file. Insertion when the range is empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// What is replaced.
    #[serde(flatten)]
    pub place: Place,
    /// 0-based first byte of the range in the head's file.
    pub start_byte: usize,
    /// 0-based byte just behind the range in the head's file.
    pub end_byte: usize,
    /// What stands there afterwards.
    pub replacement: String,
}

/// A finding's name across pushes: rule, normalised code, enclosing definition and occurrence, never a line.
/// Lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(pub String);

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a rule found at a place.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// How bad it is here; often the rule's own severity.
    pub severity: Severity,
    /// What kind of trouble it is.
    pub category: Category,
    /// How sure the analysis is.
    pub confidence: Confidence,
    /// What is wrong here, what it costs and what to write, in one sentence of Markdown.
    pub message: String,
    /// Where it is shown: the defect itself, or the changed place that causes it.
    pub place: Place,
    /// Further places, in the order in which they explain the finding.
    pub related: Vec<Related>,
    /// A repair, when a safe one is known.
    pub fix: Option<Fix>,
    /// Its name across pushes.
    pub fingerprint: Fingerprint,
    /// Qualified name of the enclosing definition; empty at module level.
    pub scope: String,
}

impl Finding {
    /// All checklist items that the finding speaks to, the primary one first.
    pub fn items(&self) -> impl Iterator<Item = Item> + '_ {
        self.rule.items()
    }
}
