//! Writes change requests as jobs do.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::Told;
use super::plan::{Change, Kept, Push};
use crate::analysis::{Analysis, Finding, Fingerprint, Outcome, Severity, Verdict};
use crate::forge::simulator::page;
use crate::forge::{ChangeRequest, GateHandle, Revision, RevisionState};
use crate::review::Conclusion;
use crate::store::audit::{self, Action, Actor};
use crate::store::findings::{self, How, Settlement};
use crate::store::reviews::{self, End};
use crate::store::{StoreError, Transaction, change_requests, threads};

/// Rows of change requests, by repository and number.
#[derive(Default)]
pub(super) struct Rows(BTreeMap<(i64, i64), i64>);

/// A change request on the way into the store.
pub(super) struct Scene<'a> {
    pub(super) tx: &'a mut Transaction,
    pub(super) rows: &'a mut Rows,
    pub(super) told: &'a Told,
    pub(super) change: &'a Change,
    /// Where the platform is.
    pub(super) address: &'a str,
}

impl Scene<'_> {
    /// A push is reviewed, and what there is to say is said.
    pub(super) async fn review(&mut self, push: &Push) -> Result<(), StoreError> {
        let id = self.row(push.at).await?;
        let revision = self.revision(push, RevisionState::Open);
        let took = timings(push);
        let total: Duration = took.iter().map(|(_, step)| *step).sum();
        let analysed_at = push.at + TimeDelta::from_std(took[0].1 + took[1].1).unwrap_or_default();
        let ended_at = push.at + TimeDelta::from_std(total).unwrap_or_default();
        change_requests::seen(self.tx, id, &revision, push.at).await?;
        let review = reviews::begin(self.tx, id, &revision, &push.key, push.at).await?;
        reviews::gate_set(self.tx, review.id, &GateHandle(review.id.to_string())).await?;
        let analysis = self.analysis(push);
        reviews::analysed(self.tx, review.id, &analysis, &[], analysed_at).await?;
        findings::replace(self.tx, id, review.id, &analysis.findings, analysed_at).await?;
        if push.stale {
            let (end, took) = (Conclusion::Cancelled, &took[..2]);
            let title = "Replaced by a newer revision";
            return reviews::complete(
                self.tx,
                review.id,
                End::Stale,
                end,
                title,
                took,
                true,
                ended_at,
            )
            .await;
        }
        self.comment(id, push, ended_at).await?;
        let failing = push.found.iter().any(|it| self.fails(*it, push.at));
        let end = if failing { Conclusion::Failed } else { Conclusion::Passed };
        let title = title(&analysis);
        reviews::complete(self.tx, review.id, End::Posted, end, &title, &took, true, ended_at).await
    }

    /// Somebody says that a finding stays.
    pub(super) async fn keep(&mut self, kept: &Kept) -> Result<(), StoreError> {
        let id = self.row(kept.at).await?;
        let name = self.name(kept.finding);
        let how = if kept.why.is_some() { How::Command } else { How::Thread };
        let settlement = Settlement { by: Some(kept.by), how, note: kept.why };
        let settled = findings::settle(self.tx, id, &name, settlement, kept.at).await?;
        let Some(rule) = settled else { return Ok(()) };
        let subject = audit::change_request(&self.request());
        let details = json!({ "fingerprint": name.0, "rule": rule, "reason": kept.why });
        let (actor, action) = (Actor::Person(Some(kept.by)), Action::FindingSettled);
        audit::note(self.tx, actor, action, &subject, details, kept.at).await
    }

    /// It is merged or closed.
    pub(super) async fn end(
        &mut self,
        state: RevisionState,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let id = self.row(at).await?;
        let Some(last) = self.change.pushes.last() else { return Ok(()) };
        let revision = self.revision(last, state);
        change_requests::seen(self.tx, id, &revision, at).await
    }

    async fn row(&mut self, at: DateTime<Utc>) -> Result<i64, StoreError> {
        let key = (self.told.repository.external_id, self.change.number);
        if let Some(id) = self.rows.0.get(&key) {
            return Ok(*id);
        }
        let id = change_requests::remember(self.tx, &self.request(), at).await?;
        self.rows.0.insert(key, id);
        Ok(id)
    }

    fn request(&self) -> ChangeRequest {
        ChangeRequest { repository: self.told.repository.clone(), number: self.change.number }
    }

    fn revision(&self, push: &Push, state: RevisionState) -> Revision {
        revision(self.told, self.change, push, state, self.address)
    }

    /// Comments at new findings, and a line below the comments of fixed ones.
    async fn comment(&mut self, id: i64, push: &Push, at: DateTime<Utc>) -> Result<(), StoreError> {
        let said = |push: &&Push| !push.stale;
        let before = self.change.pushes.iter().take_while(|other| other.at < push.at);
        let before: Vec<&Push> = before.filter(said).collect();
        let known = |it: &usize| before.iter().any(|push| push.found.contains(it));
        for it in push.found.iter().filter(|it| !known(it)) {
            if self.told.code.is_commented(*it) {
                let thread = format!("{}{:03}", self.change.number, it);
                threads::posted(self.tx, id, &self.name(*it), &thread, at).await?;
            }
        }
        let last = before.last().map_or(&[][..], |last| &last.found);
        for it in last.iter().filter(|it| !push.found.contains(it)) {
            threads::fixed(self.tx, id, &self.name(*it), at).await?;
        }
        Ok(())
    }

    /// Whether a finding fails the gate then.
    fn fails(&self, finding: usize, at: DateTime<Utc>) -> bool {
        let accepted = |kept: &Kept| kept.finding == finding && kept.why.is_some() && kept.at < at;
        self.told.code.is_failing(finding) && !self.change.kept.iter().any(accepted)
    }

    fn name(&self, finding: usize) -> Fingerprint {
        self.told.code.findings[finding].fingerprint.clone()
    }

    /// What the review of a push came to.
    fn analysis(&self, push: &Push) -> Analysis {
        let code = &self.told.code;
        let findings: Vec<Finding> =
            push.found.iter().map(|it| code.findings[*it].clone()).collect();
        let verdict = |verdict: &Verdict| {
            let is_found = findings.iter().any(|it| it.items().any(|item| item == verdict.item));
            let outcome = match (is_found, verdict.outcome) {
                (true, _) => Outcome::Violated,
                // It was fixed, or nobody wrote such a thing.
                (false, Outcome::Violated) => Outcome::Satisfied,
                (false, outcome) => outcome,
            };
            Verdict { item: verdict.item, outcome, evidence: Vec::new() }
        };
        Analysis {
            verdicts: code.verdicts.iter().map(verdict).collect(),
            suppressed: code.findings.iter().take(push.suppressed).cloned().collect(),
            files_analysed: 1 + push.lines / 60,
            lines_analysed: push.lines,
            findings,
            ..Analysis::default()
        }
    }
}

/// A change request at one of its pushes.
pub(super) fn revision(
    told: &Told,
    change: &Change,
    push: &Push,
    state: RevisionState,
    address: &str,
) -> Revision {
    let page = page::path(told.repository.forge, told.team.name, change.number);
    let base = told.code.base();
    Revision {
        change: ChangeRequest { repository: told.repository.clone(), number: change.number },
        head_sha: push.head.clone(),
        base_sha: base.clone(),
        target_sha: base,
        target_branch: "main".to_owned(),
        title: change.title.clone(),
        author: Some(change.author.to_owned()),
        state,
        draft: false,
        web_url: format!("{}{page}", address.trim_end_matches('/')),
        token: Value::Null,
    }
}

/// How long the steps took: more for more lines, more for more comments.
fn timings(push: &Push) -> [(&'static str, Duration); 3] {
    // Chance that is at hand.
    let noise = push.head.bytes().map(u64::from).sum::<u64>();
    let found = push.found.len() as u64;
    let lines = push.lines as u64;
    [
        ("fetch", Duration::from_millis(240 + noise % 380)),
        ("analyse", Duration::from_millis(18 + lines / 5 + noise % 23)),
        ("post", Duration::from_millis(310 + 420 * found + noise % 270)),
    ]
}

/// The gate's line.
fn title(analysis: &Analysis) -> String {
    let files = analysis.files_analysed;
    let count = |severity| analysis.findings.iter().filter(|it| it.severity == severity).count();
    let counts = Severity::ALL.map(|severity| (count(severity), severity.as_str()));
    let parts: Vec<_> = counts.iter().filter(|(count, _)| *count > 0).collect();
    let Some((last, _)) = parts.last() else {
        return format!("No findings in {files} {}", if files == 1 { "file" } else { "files" });
    };
    let noun = if *last == 1 { "finding" } else { "findings" };
    let parts: Vec<_> = parts.iter().map(|(count, name)| format!("{count} {name}")).collect();
    format!("{} {noun}", parts.join(", "))
}
