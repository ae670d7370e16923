//! The gate: a check run.

use http::Method;
use serde_json::{Value, json};

use super::http::Call;
use super::wire::{CheckRunWire, CheckRunsWire};
use super::{At, GitHub, parse};
use crate::analysis::Severity;
use crate::forge::call::{Repeatable, Write};
use crate::forge::connection::segment;
use crate::forge::{ForgeError, GateHandle, Revision};
use crate::review::{Annotation, Conclusion, Gate, GateState};

/// The check's name, by which branch protection knows it.
const NAME: &str = "asyncwarden";
/// GitHub takes no more annotations in one request.
const CHUNK: usize = 50;
/// Longest summary in bytes, with room below GitHub's 65,535.
const LONGEST_SUMMARY: usize = 65_000;
/// Longest title of anything, in Unicode scalar values.
const LONGEST_TITLE: usize = 255;
/// Longest message of an annotation in bytes.
const LONGEST_MESSAGE: usize = 60_000;
/// How often something is tried whose answer is lost each time.
const TRIES: u32 = 3;

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
        if let Some(id) = id
            && self.update(&at, &id, gate).await?
        {
            return Ok(GateHandle(id));
        }
        // Never made, or deleted by GitHub, which keeps a thousand of a name.
        let id = self.create(&at, revision, review_id, gate).await?;
        if is_annotated(gate) {
            self.complete(&at, &id, gate, 0).await?;
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
        let mut body = state_body(gate);
        if is_annotated(gate) {
            body["status"] = json!("in_progress");
            body.as_object_mut().map(|body| body.remove("conclusion"));
        }
        body["name"] = json!(NAME);
        body["head_sha"] = json!(revision.head_sha);
        body["external_id"] = json!(review_id);
        let url = self.repository_url(at.repository, "/check-runs")?;
        let call = Call::new(Method::POST, url).body(body);
        for tried in 1.. {
            let creating = self.call(at, "create check run", Repeatable::No, &call);
            let answer =
                at.installation.lane.in_turn("create check run", Write::Creates, creating).await;
            let answer =
                answer.and_then(|answer| parse::<CheckRunWire>("create check run", &answer));
            match answer {
                Ok(run) => return Ok(run.id.to_string()),
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
            match self.read_run(at, id).await {
                Ok(run) => self.complete(at, id, gate, run.annotations()).await,
                Err(error) => Err(error),
            }
        } else {
            self.patch(at, id, state_body(gate), Repeatable::Yes).await.map(|_| ())
        };
        match set {
            Ok(()) => Ok(true),
            Err(ForgeError::Status { status: 404, .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Appends the annotations from number `done` on and completes the run with the last of them, so that a completed
    /// run has all that it will have. Each request appends, so after a lost answer the run's count says where to go on.
    /// Annotations are an extra: what GitHub refuses of them is left out, the gate stands without.
    async fn complete(
        &self,
        at: &At<'_>,
        id: &str,
        gate: &Gate,
        mut done: usize,
    ) -> Result<(), ForgeError> {
        let mut lost = 0;
        loop {
            let rest = gate.annotations.get(done..).unwrap_or_default();
            let chunk = &rest[..rest.len().min(CHUNK)];
            if chunk.is_empty() {
                return self.patch(at, id, state_body(gate), Repeatable::Yes).await.map(|_| ());
            }
            let last = chunk.len() == rest.len();
            let mut body = if last { state_body(gate) } else { json!({ "output": output(gate) }) };
            body["output"]["annotations"] = chunk.iter().map(annotation).collect();
            match self.patch(at, id, body, Repeatable::No).await {
                Ok(_) if last => return Ok(()),
                Ok(_) => done += chunk.len(),
                Err(error) if error.is_ambiguous() && lost < TRIES => {
                    lost += 1;
                    at.installation.lane.settle().await;
                    done = self.read_run(at, id).await?.annotations();
                }
                Err(ForgeError::Status { status: 422, message, .. }) => {
                    tracing::warn!(
                        annotations = chunk.len(),
                        "GitHub refuses annotations: {message}"
                    );
                    done += chunk.len();
                }
                Err(error) if error.is_ambiguous() => {
                    tracing::warn!(%error, annotations = rest.len(), "annotations are left out");
                    done = gate.annotations.len();
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn patch(
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

    async fn read_run(&self, at: &At<'_>, id: &str) -> Result<CheckRunWire, ForgeError> {
        let url = self.repository_url(at.repository, &format!("/check-runs/{}", segment(id)))?;
        let answer = self.call(at, "read check run", Repeatable::Yes, &Call::get(url)).await?;
        parse("read check run", &answer)
    }
}

impl CheckRunWire {
    fn annotations(&self) -> usize {
        self.output.as_ref().and_then(|output| output.annotations_count).unwrap_or(0)
    }
}

/// Whether the run is to be completed with annotations.
fn is_annotated(gate: &Gate) -> bool {
    matches!(gate.state, GateState::Completed(_)) && !gate.annotations.is_empty()
}

/// The run's fields for the gate's state, with its text.
fn state_body(gate: &Gate) -> Value {
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
fn output(gate: &Gate) -> Value {
    let title = if gate.title.trim().is_empty() { NAME } else { &gate.title };
    let title: String = title.chars().take(LONGEST_TITLE).collect();
    let summary = if gate.summary.trim().is_empty() { &title } else { &gate.summary };
    json!({ "title": title, "summary": cut(summary, LONGEST_SUMMARY) })
}

fn annotation(annotation: &Annotation) -> Value {
    let place = &annotation.place;
    let line = place.line.max(1);
    let end_line = place.end_line.max(line);
    let level = match annotation.severity {
        Severity::Critical | Severity::High => "failure",
        Severity::Medium => "warning",
        Severity::Low => "notice",
    };
    let mut wire = json!({
        "path": place.path,
        "start_line": line,
        "end_line": end_line,
        "annotation_level": level,
        "message": cut(&annotation.message, LONGEST_MESSAGE),
        "title": annotation.title.chars().take(LONGEST_TITLE).collect::<String>(),
    });
    // Columns only within one line; GitHub's last one belongs to the range, ours stands behind it.
    if line == end_line && place.column >= 1 {
        wire["start_column"] = json!(place.column);
        wire["end_column"] = json!(place.end_column.saturating_sub(1).max(place.column));
    }
    wire
}

/// The text's beginning, at most so many bytes, ended by a mark when something is missing.
fn cut(text: &str, longest: usize) -> String {
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
    use crate::analysis::Place;

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

    #[test]
    fn columns_are_given_within_one_line_only() {
        let at = |line, end_line, column, end_column| {
            let place = Place { path: "a.py".to_owned(), line, end_line, column, end_column };
            let severity = Severity::Medium;
            let wire = annotation(&Annotation {
                place,
                severity,
                title: String::new(),
                message: "m".to_owned(),
            });
            (wire["start_column"].as_u64(), wire["end_column"].as_u64())
        };
        assert_eq!(at(3, 3, 5, 9), (Some(5), Some(8)));
        assert_eq!(at(3, 3, 5, 5), (Some(5), Some(5)));
        assert_eq!(at(3, 4, 5, 9), (None, None));
    }
}
