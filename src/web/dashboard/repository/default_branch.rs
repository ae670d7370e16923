//! What is known of the default branch.

use chrono::{DateTime, Utc};

use super::super::chart::{Chart, DAYS, baseline_chart, since};
use super::super::short;
use super::super::time::When;
use crate::store::{StoreError, Transaction, baselines};

/// What is known of the default branch.
pub(super) struct DefaultBranch {
    pub(super) newest: Option<Newest>,
    /// Why the last look came to nothing.
    pub(super) problem: Option<String>,
    /// Whether it is looked at.
    pub(super) wanted: bool,
}

/// What its newest commit holds.
pub(super) struct Newest {
    pub(super) branch: String,
    pub(super) commit: String,
    pub(super) files: i64,
    pub(super) lines: i64,
    pub(super) findings: i64,
    pub(super) rules: Vec<(String, i64)>,
    pub(super) when: When,
    pub(super) chart: Chart,
}

impl DefaultBranch {
    pub(super) async fn of(
        tx: &mut Transaction,
        repository: i64,
        wanted: bool,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let today = now.date_naive();
        let from = since(today, DAYS).and_time(chrono::NaiveTime::MIN).and_utc();
        let baselines = baselines::since(tx, repository, from).await?;
        let problem = baselines::problem(tx, repository).await?;
        let rules = baselines::rules(tx, repository).await?;
        let newest = baselines.last().map(|newest| Newest {
            branch: newest.branch.clone(),
            commit: short(&newest.commit_sha),
            files: newest.files,
            lines: newest.lines,
            findings: newest.found.total(),
            rules,
            when: When::new(newest.at, now),
            chart: baseline_chart(&baselines, today),
        });
        Ok(Self { newest, problem, wanted })
    }
}
