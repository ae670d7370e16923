//! The bot's approval of a merge request, for projects that ask for it.
//!
//! Only giving and taking back an approval is in all versions and leaves nothing behind: a request for changes would block
//! until its author says otherwise, also when reviews were switched off meanwhile.
//!
//! Source: GitLab Merge Request Approvals API, "Approve a merge request" and "Unapprove a merge request".

use http::Method;
use serde_json::json;

use super::http::Call;
use super::wire::{ApprovalsWire, MergeStatusWire};
use super::{GitLab, merge_request, parse};
use crate::forge::call::{Repeatable, Write};
use crate::forge::{Approval, ForgeError, Revision};

/// How often an approval is given or taken back whose answer is lost each time.
const TRIES: u32 = 4;

impl GitLab {
    /// Gives the approval or takes it back. What GitLab does not let the bot do is no error.
    pub(super) async fn set_approval(
        &self,
        revision: &Revision,
        approval: Approval,
    ) -> Result<(), ForgeError> {
        let mut tried = 1;
        loop {
            match self.approve_or_not(revision, approval == Approval::Given).await {
                Err(error) if error.is_ambiguous() && tried < TRIES => self.lane.settle().await,
                Err(ForgeError::Status { status: 409, message, .. }) => {
                    tracing::info!("not approved, since the head moved: {message}");
                    break;
                }
                Err(ForgeError::Status { status: 400..500, message, .. }) => {
                    tracing::warn!("GitLab does not let the bot approve here: {message}");
                    break;
                }
                done => {
                    done?;
                    break;
                }
            }
            tried += 1;
        }
        if approval == Approval::Refused {
            self.tell_if_mergeable(revision).await;
        }
        Ok(())
    }

    /// It is looked first: approving twice is refused, and taking back what is not there leaves a note.
    async fn approve_or_not(&self, revision: &Revision, approves: bool) -> Result<(), ForgeError> {
        let path = merge_request(&revision.change);
        let reading = Call::get(self.transport.url(&format!("{path}/approvals")));
        let answer = self.permitted("read approvals", Repeatable::Yes, &reading).await?;
        let approvals: ApprovalsWire = parse("read approvals", &answer)?;
        if approvals.user_has_approved == Some(approves) {
            return Ok(());
        }
        let (operation, verb) =
            if approves { ("approve", "approve") } else { ("take approval back", "unapprove") };
        let mut call = Call::new(Method::POST, self.transport.url(&format!("{path}/{verb}")));
        if approves {
            call = call.body(json!({ "sha": revision.head_sha }));
        }
        let writing = self.permitted(operation, Repeatable::No, &call);
        match self.lane.in_turn(operation, Write::Creates, writing).await {
            Err(ForgeError::Status { status: 404, .. }) if !approves => Ok(()),
            done => done.map(drop),
        }
    }

    /// Says in the log when nothing keeps a change from being merged whose gate failed: the project's settings are to blame.
    async fn tell_if_mergeable(&self, revision: &Revision) {
        let path = merge_request(&revision.change);
        let status = match self.get::<MergeStatusWire>("read merge status", &path).await {
            Ok(wire) => wire.detailed_merge_status,
            Err(error) => {
                return tracing::debug!(%error, "it is not known whether it can be merged");
            }
        };
        if status.as_deref() == Some("mergeable") {
            tracing::info!(
                merge.status = status,
                "the gate failed, but nothing blocks merging; \"Pipelines must succeed\" or a rule that asks for the bot's \
                 approval would"
            );
        }
    }
}
