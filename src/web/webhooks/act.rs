//! Doing what a call wants, when it comes and when it is taken again.

use chrono::{DateTime, Utc};

use super::installation;
use crate::forge::webhook::{At, Wish};
use crate::forge::{ChangeRequest, ForgeKind};
use crate::store::deliveries::Outcome;
use crate::store::jobs::{self, Asked};
use crate::store::{
    StoreError, Transaction, baselines, change_requests, commands, installations, merge_groups,
    people, repositories,
};
use crate::telemetry::current_parent;

/// What came of a call.
pub(super) struct Done {
    pub(super) outcome: Outcome,
    /// How many change requests are looked at.
    pub(super) jobs: usize,
    /// The row of the installation that it speaks of.
    pub(super) installation: Option<i64>,
}

/// What comes of a call that wants this, if anything that it speaks of is known.
pub(super) fn expected(wish: &Wish) -> Outcome {
    match wish {
        Wish::Greeting | Wish::Nothing(_) => Outcome::Ignored,
        Wish::Installation(_)
        | Wish::Baseline { .. }
        | Wish::Repository { .. }
        | Wish::Revoked(_) => Outcome::Noted,
        Wish::Look(_) | Wish::Again(_) | Wish::Command { .. } | Wish::MergeGroup { .. } => {
            Outcome::Queued
        }
    }
}

/// Does what a call wants.
pub(super) async fn act(
    tx: &mut Transaction,
    forge: ForgeKind,
    wish: &Wish,
    now: DateTime<Utc>,
) -> Result<Done, StoreError> {
    let trace = current_parent().map(|parent| parent.to_string());
    let mut installation = None;
    let (changes, asked) = match wish {
        Wish::Greeting | Wish::Nothing(_) => (Vec::new(), Asked::Changed),
        Wish::Look(at) => (changes_at(at, tx, forge).await?, Asked::Changed),
        Wish::MergeGroup { change, head_sha, wanted } => {
            let id = change_requests::remember(tx, change, now).await?;
            if *wanted {
                merge_groups::ask(tx, id, head_sha, now).await?;
                (vec![change.clone()], Asked::Changed)
            } else {
                merge_groups::give_up(tx, id, head_sha, now).await?;
                (Vec::new(), Asked::Changed)
            }
        }
        Wish::Repository { repository, there } => {
            repositories::remember(tx, repository, now).await?;
            if !there {
                installations::take_out(tx, forge, &[repository.external_id], now).await?;
            }
            (Vec::new(), Asked::Changed)
        }
        Wish::Baseline { repository, branch, commit_sha } => {
            baselines::ask(tx, repository, branch, commit_sha, now).await?;
            (Vec::new(), Asked::Changed)
        }
        Wish::Revoked(account) => {
            people::revoked(tx, forge.as_str(), &account.to_string()).await?;
            (Vec::new(), Asked::Changed)
        }
        Wish::Installation(told) => {
            let (row, changes) = installation::note(told, tx, forge, now).await?;
            installation = Some(row);
            (changes, Asked::Changed)
        }
        Wish::Again(at) => (changes_at(at, tx, forge).await?, Asked::Again),
        Wish::Command { at, given } => {
            let changes = changes_at(at, tx, forge).await?;
            for change in &changes {
                let id = change_requests::remember(tx, change, now).await?;
                commands::give(tx, id, given, now).await?;
            }
            (changes, Asked::Command)
        }
    };
    for change in &changes {
        jobs::enqueue_in(tx, change, asked, trace.as_deref(), now).await?;
    }
    let outcome = match expected(wish) {
        Outcome::Queued if changes.is_empty() => Outcome::Ignored,
        expected => expected,
    };
    Ok(Done { outcome, jobs: changes.len(), installation })
}

/// The change requests that a call is about.
async fn changes_at(
    at: &At,
    tx: &mut Transaction,
    forge: ForgeKind,
) -> Result<Vec<ChangeRequest>, StoreError> {
    match at {
        At::Change(change) => Ok(vec![change.clone()]),
        At::Head { repository, head_sha, named } => {
            let known = change_requests::by_head(tx, forge, *repository, head_sha).await?;
            Ok(if known.is_empty() { named.clone() } else { known })
        }
    }
}
