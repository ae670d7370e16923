//! What the dashboard shows: reads, no writes. What would have to be counted from all rows is read from the roll-ups that
//! triggers keep; see the migration.

mod change_request;
mod change_requests;
mod changes;
mod flow;
mod found;
mod history;
mod listing;
mod numbered;
mod places;
mod pulse;
mod repositories;
mod reviews;
mod rule;
mod statement;
mod thread;

pub use change_request::{ChangeRequest, Fate, Push, change_request, fates, pushes};
pub use change_requests::{Change, change_by_id, changes_of};
pub use changes::{
    ChangeCursor, ChangeFilter, ChangeState, LastVerdict, ListedChange, listed_changes,
};
pub use flow::{DayFlow, FixTime, fix_times, flow, median};
pub use found::{Found, RuleCount, found, rules};
pub use history::{DayChange, changes, open_by_day};
pub use listing::{Cursor, Filter, FindingState, Listed, Settled, listed, repository_names};
pub use numbered::{Sought, repositories_behind, repository_by_id};
pub use places::{FileCount, Kept, RuleWeek, found_in, kept, open_in, rule_weeks};
pub use pulse::{Pulse, pulse};
pub use repositories::{Like, Order, Repository, Sort, Whole, repositories, repository, whole};
pub use reviews::{ItemOutcome, Review, latest_reviews, review, reviews_behind};
pub use rule::{
    FiresIn, Reactions, RuleTotal, Week, fires_in, reactions, rule_totals, weeks_of_rule,
};
pub use thread::Thread;

use super::StoreError;
use crate::analysis::Severity;
use crate::forge::ForgeKind;

/// How many findings of each severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
#[allow(missing_docs, reason = "the fields are the severities")]
pub struct Counts {
    pub critical: i64,
    pub high: i64,
    pub medium: i64,
    pub low: i64,
}

impl Counts {
    /// The number for one severity.
    pub fn of(&self, severity: Severity) -> i64 {
        match severity {
            Severity::Critical => self.critical,
            Severity::High => self.high,
            Severity::Medium => self.medium,
            Severity::Low => self.low,
        }
    }

    /// All of them.
    pub fn total(&self) -> i64 {
        self.critical + self.high + self.medium + self.low
    }

    /// Counts some more of a severity, or fewer.
    pub fn add(&mut self, severity: Severity, change: i64) {
        let count = match severity {
            Severity::Critical => &mut self.critical,
            Severity::High => &mut self.high,
            Severity::Medium => &mut self.medium,
            Severity::Low => &mut self.low,
        };
        *count += change;
    }
}

fn forge(name: String) -> Result<ForgeKind, StoreError> {
    ForgeKind::from_name(&name).ok_or(StoreError::Unknown { what: "platform", value: name })
}

fn severity(name: String) -> Result<Severity, StoreError> {
    let found = Severity::ALL.into_iter().find(|severity| severity.as_str() == name);
    found.ok_or(StoreError::Unknown { what: "severity", value: name })
}
