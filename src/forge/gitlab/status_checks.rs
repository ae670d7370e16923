//! External status checks: merge checks that wait for an answer of ours, beside the commit status. Ultimate has them.
//!
//! One that is left waiting for two minutes counts as failed, so there is nothing to say before the end.
//!
//! Source: GitLab External Status Checks API, "Set status of an external status check".

use http::Method;
use serde_json::json;

use super::address::is_same_address;
use super::http::Call;
use super::wire::StatusCheckWire;
use super::{GitLab, merge_request, parse};
use crate::forge::call::{Repeatable, Write};
use crate::forge::{ForgeError, Revision};
use crate::review::{Conclusion, GateState};

/// A check of this name is ours, wherever it sends its calls.
const NAME: &str = "asyncwarden";
/// How often the checks are answered, where an answer of GitLab's is lost each time.
const TRIES: u32 = 4;

impl GitLab {
    /// Tells the checks that ask us how the review ended. The commit status says it in any case, so what fails here is
    /// only logged.
    ///
    /// # Errors
    /// What keeps anything from being sent for now, such as [`ForgeError::RateLimited`].
    pub(super) async fn answer_checks(
        &self,
        revision: &Revision,
        state: GateState,
    ) -> Result<(), ForgeError> {
        let project = revision.change.repository.external_id;
        let Some(status) = status_of(state).filter(|_| !self.checkless.is_known(project)) else {
            return Ok(());
        };
        let mut tried = 1;
        loop {
            match self.answer_each(revision, status).await {
                Err(error) if error.is_ambiguous() && tried < TRIES => self.lane.settle().await,
                Err(error @ ForgeError::Status { status: 409, .. }) => {
                    tracing::info!(%error, "the head moved, so nobody waits for this answer");
                    return Ok(());
                }
                Err(
                    error @ (ForgeError::Status { .. }
                    | ForgeError::Transport { .. }
                    | ForgeError::Shape { .. }),
                ) => {
                    tracing::warn!(%error, "an external status check was not answered");
                    return Ok(());
                }
                done => return done,
            }
            tried += 1;
        }
    }

    /// Whether a check waits for this end, or has another one. Somebody may have asked GitLab to ask again.
    pub(super) async fn is_answer_awaited(
        &self,
        revision: &Revision,
        state: GateState,
    ) -> Result<bool, ForgeError> {
        let project = revision.change.repository.external_id;
        let Some(status) = status_of(state).filter(|_| !self.checkless.is_known(project)) else {
            return Ok(false);
        };
        let checks = self.waiting_checks(revision).await?;
        Ok(checks.iter().any(|check| check.status.as_deref() != Some(status)))
    }

    async fn answer_each(&self, revision: &Revision, status: &str) -> Result<(), ForgeError> {
        let waiting = self.waiting_checks(revision).await?;
        // One that failed may have done so since nobody answered.
        let told = |check: &&StatusCheckWire| {
            status == "passed" && check.status.as_deref() == Some("passed")
        };
        for check in waiting.iter().filter(|check| !told(check)) {
            let path = format!("{}/status_check_responses", merge_request(&revision.change));
            let call = Call::new(Method::POST, self.transport.url(&path)).body(json!({
                "sha": revision.head_sha,
                "external_status_check_id": check.id,
                "status": status,
            }));
            let answering = self.permitted("answer status check", Repeatable::Yes, &call);
            self.lane.in_turn("answer status check", Write::Changes, answering).await?;
        }
        Ok(())
    }

    /// The checks that wait for us. None where the licence has no checks, or the token may not see them: GitLab says both
    /// with 401, among others.
    async fn waiting_checks(
        &self,
        revision: &Revision,
    ) -> Result<Vec<StatusCheckWire>, ForgeError> {
        let project = revision.change.repository.external_id;
        let path = format!("{}/status_checks?per_page=100", merge_request(&revision.change));
        let call = Call::get(self.transport.url(&path));
        let answer = match self.permitted("list status checks", Repeatable::Yes, &call).await {
            Err(error @ ForgeError::Status { status: 401 | 403 | 404 | 405, .. }) => {
                tracing::debug!(%error, "there are no external status checks");
                self.checkless.note(project, &error);
                return Ok(Vec::new());
            }
            answer => answer?,
        };
        let mut checks: Vec<StatusCheckWire> = parse("list status checks", &answer)?;
        checks.retain(|check| {
            let name = check.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(NAME));
            name || self.is_our_address(check.external_url.as_deref().unwrap_or_default())
        });
        Ok(checks)
    }

    fn is_our_address(&self, address: &str) -> bool {
        self.webhook_url.as_deref().is_some_and(|own| is_same_address(own, address))
    }
}

/// What a check is told. What must not block has passed; of a review that nobody needs any more, nothing is told.
fn status_of(state: GateState) -> Option<&'static str> {
    match state {
        GateState::Queued | GateState::Running | GateState::Completed(Conclusion::Cancelled) => {
            None
        }
        GateState::Completed(Conclusion::Failed) => Some("failed"),
        GateState::Completed(
            Conclusion::Passed | Conclusion::Neutral | Conclusion::Skipped | Conclusion::TimedOut,
        ) => Some("passed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_end_is_told_and_what_must_not_block_has_passed() {
        for (state, told) in [
            (GateState::Queued, None),
            (GateState::Running, None),
            (GateState::Completed(Conclusion::Passed), Some("passed")),
            (GateState::Completed(Conclusion::Failed), Some("failed")),
            (GateState::Completed(Conclusion::Neutral), Some("passed")),
            (GateState::Completed(Conclusion::TimedOut), Some("passed")),
            (GateState::Completed(Conclusion::Cancelled), None),
        ] {
            assert_eq!(status_of(state), told, "{state:?}");
        }
    }
}
