//! The gate: a check run.

use http::Method;
use serde_json::{Value, json};

use super::http::Call;
use super::wire::{CheckRunWire, CheckRunsWire};
use super::{At, GitHub, parse};
use crate::forge::call::{Repeatable, Write};
use crate::forge::connection::segment;
use crate::forge::{ForgeError, ForgeKind, GateHandle, Revision};
use crate::review::{Conclusion, Gate, GateState};

/// The check's name, by which branch protection knows it.
const NAME: &str = "asyncwarden";
/// Longest summary in bytes, with room below GitHub's 65,535.
const LONGEST_SUMMARY: usize = 65_000;
/// Longest title of anything, in Unicode scalar values.
pub(super) const LONGEST_TITLE: usize = 255;
/// How often something is tried whose answer is lost each time.
pub(super) const TRIES: u32 = 3;

impl GitHub {
    pub(super) async fn set_check_run(
        &self,
        revision: &Revision,
        review_id: &str,
        handle: Option<&GateHandle>,
        gate: &Gate,
    ) -> Result<GateHandle, ForgeError> {
        let at = self.at(&revision.change.repository).await?;
        let id = match handle {
            Some(GateHandle(id)) => Some(id.clone()),
            None => self.find(&at, revision, review_id, gate).await?,
        };
        if let Some(id) = id {
            if self.update(&at, &id, gate).await? {
                return Ok(GateHandle(id));
            }
            // One that is listed still was only not found this time.
            if let Some(id) = self.find(&at, revision, review_id, gate).await? {
                return match self.update(&at, &id, gate).await? {
                    true => Ok(GateHandle(id)),
                    false => Err(ForgeError::NotReady {
                        forge: ForgeKind::GitHub,
                        what: "the check run that it lists",
                    }),
                };
            }
        }
        // Never made, or deleted by GitHub, which keeps a thousand of a name.
        let id = self.create(&at, revision, review_id, gate).await?;
        if is_annotated(gate) {
            self.complete(&at, &id, gate).await?;
        }
        Ok(GateHandle(id))
    }

    /// Creates the run; one with annotations is created running and gets them afterwards. A run whose creation's answer was lost is found by its `external_id`.
    async fn create(
        &self,
        at: &At<'_>,
        revision: &Revision,
        review_id: &str,
        gate: &Gate,
    ) -> Result<String, ForgeError> {
        let whole = |mut body: Value| {
            if is_annotated(gate) {
                body["status"] = json!("in_progress");
                body.as_object_mut().map(|body| body.remove("conclusion"));
            }
            body["name"] = json!(NAME);
            body["head_sha"] = json!(revision.head_sha);
            body["external_id"] = json!(review_id);
            body
        };
        let url = self.repository_url(at.repository, "/check-runs")?;
        let mut call = Call::new(Method::POST, url).body(whole(state_body(gate)));
        let mut bare = false;
        for tried in 1.. {
            let creating = self.call(at, "create check run", Repeatable::No, &call);
            let answer =
                at.installation.lane.in_turn("create check run", Write::Creates, creating).await;
            let answer =
                answer.and_then(|answer| parse::<CheckRunWire>("create check run", &answer));
            match answer {
                Ok(run) => return Ok(run.id.to_string()),
                // What it says may be wrong: that it is there matters more.
                Err(ForgeError::Status { status: 422, message, .. }) if !bare => {
                    tracing::warn!("GitHub refuses a check run: {message}");
                    bare = true;
                    call = call.body(whole(bare_body(gate)));
                }
                Err(error) if error.is_ambiguous() && tried < TRIES => {
                    at.installation.lane.settle().await;
                    if let Some(id) = self.find(at, revision, review_id, gate).await? {
                        return Ok(id);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        unreachable!("the last try returns")
    }

    /// The run of this review, if one was created. One that is completed is not opened again.
    async fn find(
        &self,
        at: &At<'_>,
        revision: &Revision,
        review_id: &str,
        gate: &Gate,
    ) -> Result<Option<String>, ForgeError> {
        let path = format!(
            "/commits/{}/check-runs?check_name={NAME}&filter=all&per_page=100",
            segment(&revision.head_sha)
        );
        let mut next = Some(self.repository_url(at.repository, &path)?);
        while let Some(url) = next.take() {
            let answer = self.call(at, "list check runs", Repeatable::Yes, &Call::get(url)).await?;
            let page: CheckRunsWire = parse("list check runs", &answer)?;
            next = self.transport.next_page(&answer).filter(|_| !page.check_runs.is_empty());
            let found = page.check_runs.into_iter().find(|run| {
                let open = run.status.as_deref() != Some("completed");
                run.external_id.as_deref() == Some(review_id)
                    && (open || matches!(gate.state, GateState::Completed(_)))
            });
            if let Some(found) = found {
                return Ok(Some(found.id.to_string()));
            }
        }
        Ok(None)
    }

    /// Sets the run's state and text; `false` when it is gone.
    async fn update(&self, at: &At<'_>, id: &str, gate: &Gate) -> Result<bool, ForgeError> {
        let set = if is_annotated(gate) {
            self.complete(at, id, gate).await
        } else {
            self.set_state(at, id, gate).await
        };
        match set {
            Ok(()) => Ok(true),
            Err(ForgeError::Status { status: 404, .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Sets the run's state with its text; without it, if GitHub refuses that.
    pub(super) async fn set_state(
        &self,
        at: &At<'_>,
        id: &str,
        gate: &Gate,
    ) -> Result<(), ForgeError> {
        match self.patch(at, id, state_body(gate), Repeatable::Yes).await {
            Err(ForgeError::Status { status: 422, message, .. }) => {
                tracing::warn!("GitHub refuses what a check run says: {message}");
                self.patch(at, id, bare_body(gate), Repeatable::Yes).await.map(drop)
            }
            other => other.map(drop),
        }
    }

    pub(super) async fn patch(
        &self,
        at: &At<'_>,
        id: &str,
        body: Value,
        repeatable: Repeatable,
    ) -> Result<CheckRunWire, ForgeError> {
        let url = self.repository_url(at.repository, &format!("/check-runs/{}", segment(id)))?;
        let call = Call::new(Method::PATCH, url).body(body);
        let updating = self.call(at, "update check run", repeatable, &call);
        let answer =
            at.installation.lane.in_turn("update check run", Write::Changes, updating).await?;
        parse("update check run", &answer)
    }
}

/// Whether the run is to be completed with annotations.
fn is_annotated(gate: &Gate) -> bool {
    matches!(gate.state, GateState::Completed(_)) && !gate.annotations.is_empty()
}

/// The run's fields for the gate's state, with its text.
pub(super) fn state_body(gate: &Gate) -> Value {
    let mut body = match gate.state {
        GateState::Queued => json!({ "status": "queued" }),
        GateState::Running => json!({ "status": "in_progress" }),
        GateState::Completed(how) => {
            json!({ "status": "completed", "conclusion": conclusion(how) })
        }
    };
    if let GateState::Completed(how) = gate.state {
        body["actions"] = actions(how);
    }
    body["output"] = output(gate);
    if let Some(url) = &gate.details_url {
        body["details_url"] = json!(url);
    }
    body
}

/// The state alone.
fn bare_body(gate: &Gate) -> Value {
    let mut body = state_body(gate);
    if let Some(fields) = body.as_object_mut() {
        fields.retain(|name, _| matches!(name.as_str(), "status" | "conclusion"));
    }
    body
}

/// The buttons below an ended run. Labels have at most 20 characters, descriptions 40.
fn actions(how: Conclusion) -> Value {
    let recheck = json!({
        "label": "Review again", "description": "Review this revision once more.", "identifier": "recheck",
    });
    let accept = json!({
        "label": "Accept findings", "description": "Keep all that is open, and pass.", "identifier": "accept",
    });
    match how {
        Conclusion::Failed => json!([accept, recheck]),
        Conclusion::Neutral | Conclusion::TimedOut => json!([recheck]),
        Conclusion::Passed | Conclusion::Skipped | Conclusion::Cancelled => json!([]),
    }
}

fn conclusion(how: Conclusion) -> &'static str {
    match how {
        Conclusion::Passed => "success",
        Conclusion::Failed => "failure",
        Conclusion::Neutral => "neutral",
        Conclusion::Skipped => "skipped",
        Conclusion::Cancelled => "cancelled",
        Conclusion::TimedOut => "timed_out",
    }
}

/// Title and summary; both must not be blank.
pub(super) fn output(gate: &Gate) -> Value {
    let title = if gate.title.trim().is_empty() { NAME } else { &gate.title };
    let title: String = title.chars().take(LONGEST_TITLE).collect();
    let summary = if gate.summary.trim().is_empty() { &title } else { &gate.summary };
    json!({ "title": title, "summary": cut(summary, LONGEST_SUMMARY) })
}

/// The text's beginning, at most so many bytes, ended by a mark when something is missing.
pub(super) fn cut(text: &str, longest: usize) -> String {
    const MARK: &str = "\n\n…";
    if text.len() <= longest {
        return text.to_owned();
    }
    let mut end = longest - MARK.len();
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{MARK}", &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_says_what_the_gate_says() {
        let mut gate = Gate {
            state: GateState::Completed(Conclusion::TimedOut),
            title: " ".to_owned(),
            summary: "é".repeat(40_000),
            annotations: Vec::new(),
            details_url: None,
        };
        let body = state_body(&gate);
        assert_eq!(
            (&body["status"], &body["conclusion"]),
            (&json!("completed"), &json!("timed_out"))
        );
        assert_eq!(body["output"]["title"], NAME);
        let summary = body["output"]["summary"].as_str().expect("text");
        assert!(summary.len() <= LONGEST_SUMMARY && summary.ends_with('…'), "{}", summary.len());
        assert!(body.get("details_url").is_none());
        gate.state = GateState::Running;
        assert!(state_body(&gate).get("conclusion").is_none());
    }
}
