//! The gate: a commit status, which pipelines and merge checks count.
//!
//! Source: GitLab Commits API, "Set the pipeline status of a commit".

mod place;

use http::Method;
use serde_json::json;

use self::place::Place;
use super::http::Call;
use super::look_up::Names;
use super::wire::StatusWire;
use super::{GitLab, parse, shape};
use crate::forge::call::{Repeatable, Write};
use crate::forge::connection::segment;
use crate::forge::{ForgeError, GateHandle, Retry, Revision};
use crate::review::{Conclusion, Gate, GateState};

/// The status's name, by which people know it.
const NAME: &str = "asyncwarden";
/// Longest description and longest address, in Unicode scalar values.
const LONGEST: usize = 255;
/// How often a status is set whose answer is lost, or that somebody else is just changing.
const TRIES: u32 = 4;

impl GitLab {
    /// Sets the status where GitLab looks for it, which may be elsewhere than it was set before.
    pub(super) async fn set_status(
        &self,
        revision: &Revision,
        handle: Option<&GateHandle>,
        gate: &Gate,
    ) -> Result<GateHandle, ForgeError> {
        let names = Names::of(revision)?;
        let target = revision.change.repository.external_id;
        let number = revision.change.number;
        let known = handle.and_then(place_of);
        let ends = matches!(gate.state, GateState::Completed(_));
        let place = match (known.clone(), ends) {
            (Some(known), false) => known,
            (known, _) => {
                let counting = self.counting(revision).await?;
                let fits = |it: &Place| known.as_ref().is_none_or(|known| known.may_move_to(it));
                counting
                    .filter(fits)
                    .or(known.clone())
                    .unwrap_or_else(|| Place::of_branch(&names, target, number))
            }
        };
        // An end that is set again would stand there twice.
        let is_known = known.as_ref().is_some_and(|known| known.is_of(&place));
        if ends && is_known && self.says_so(revision, &place, gate).await? {
            return keep(&place);
        }
        let fork = place.project;
        let set = match self.set_at(revision, place, gate).await {
            // Somebody deleted the pipeline.
            Err(ForgeError::Status { status: 404, message, .. }) if is_pipeline_gone(&message) => {
                self.set_at(revision, Place::of_branch(&names, target, number), gate).await?
            }
            Err(ForgeError::Status { status: 403 | 404, message, .. }) if fork != target => {
                tracing::info!("no status in the fork, so in the target project: {message}");
                let own = known.clone().filter(|known| known.project == target);
                let own = own.unwrap_or_else(|| Place::of_head(target, number));
                let place = self.set_at(revision, own, gate).await?;
                Place { refused: Some(fork), ..place }
            }
            set => set?,
        };
        if let Some(known) = known.filter(|known| !known.is_of(&set)) {
            self.leave(revision, known, gate).await?;
        }
        keep(&set)
    }

    /// Whether the status says all that already.
    async fn says_so(
        &self,
        revision: &Revision,
        place: &Place,
        gate: &Gate,
    ) -> Result<bool, ForgeError> {
        let wanted = body(place, gate);
        let says = |status: &StatusWire| {
            let parts = [
                ("state", &status.status),
                ("description", &status.description),
                ("target_url", &status.target_url),
            ];
            parts.iter().all(|(name, text)| wanted[*name].as_str() == text.as_deref())
        };
        match self.current(revision, place).await {
            Ok(status) => Ok(status.as_ref().is_some_and(says)),
            Err(error @ (ForgeError::RateLimited { .. } | ForgeError::Ledger(_))) => Err(error),
            // Setting it tells what is wrong.
            Err(_) => Ok(false),
        }
    }

    /// Whether GitLab still merges by the pipeline in which the status was set.
    pub(super) async fn is_status_current(
        &self,
        revision: &Revision,
        handle: &GateHandle,
    ) -> Result<bool, ForgeError> {
        let Some(known) = place_of(handle) else { return Ok(true) };
        let counting = self.counting(revision).await?;
        Ok(counting.is_none_or(|counting| counting.is_of(&known) || !known.may_move_to(&counting)))
    }

    /// Ends a status in a pipeline that a newer one replaced, so that it doesn't run for ever.
    async fn leave(
        &self,
        revision: &Revision,
        place: Place,
        gate: &Gate,
    ) -> Result<(), ForgeError> {
        let left = match self.current(revision, &place).await? {
            Some(left) if matches!(left.status.as_deref(), Some("pending" | "running")) => {
                self.set_at(revision, place, gate).await
            }
            _ => return Ok(()),
        };
        match left {
            Err(error) if error.retry() == Retry::Never => {
                tracing::info!("a status in a pipeline that was replaced can't be ended: {error}");
                Ok(())
            }
            left => left.map(drop),
        }
    }

    /// Sets the status in a project. Gives the place with the pipeline that it belongs to.
    async fn set_at(
        &self,
        revision: &Revision,
        mut place: Place,
        gate: &Gate,
    ) -> Result<Place, ForgeError> {
        let sha = segment(place.sha.as_deref().unwrap_or(&revision.head_sha));
        let wanted = state_of(gate);
        let mut tried = 0;
        loop {
            tried += 1;
            let path = format!("/projects/{}/statuses/{sha}", place.project);
            let call = Call::new(Method::POST, self.transport.url(&path)).body(body(&place, gate));
            let setting = self.call("set status", Repeatable::No, &call);
            // One at a time: two at once would make two pipelines.
            let answer = self.lane.in_turn("set status", Write::Changes, setting).await;
            let status = answer.and_then(|answer| parse::<StatusWire>("set status", &answer));
            let (error, again) = match status {
                Ok(status) => {
                    place.pipeline = status.pipeline_id.or(place.pipeline);
                    return Ok(place);
                }
                // The commit was pushed away: nobody waits for its status any more.
                Err(ForgeError::Status { status: 404, message, .. })
                    if is_commit_gone(&message) =>
                {
                    tracing::info!("the head is gone, and its status with it: {message}");
                    return Ok(place);
                }
                Err(error @ ForgeError::Status { status: 400, .. })
                    if error.to_string().contains("Cannot transition") =>
                {
                    (error, false)
                }
                Err(error @ ForgeError::Status { status: 409, .. }) => (error, true),
                Err(error) if error.is_ambiguous() => (error, true),
                Err(error) => return Err(error),
            };
            if let Some(status) = self.current(revision, &place).await?
                && stands(status.status.as_deref(), wanted)
            {
                place.pipeline = status.pipeline_id.or(place.pipeline);
                return Ok(place);
            }
            if !again || tried >= TRIES {
                return Err(error);
            }
            tokio::time::sleep(self.waits.first * tried).await;
        }
    }

    /// Our newest status at the head.
    async fn current(
        &self,
        revision: &Revision,
        place: &Place,
    ) -> Result<Option<StatusWire>, ForgeError> {
        let mut path = format!(
            "/projects/{}/repository/commits/{}/statuses?name={NAME}&all=true&per_page=100",
            place.project,
            segment(place.sha.as_deref().unwrap_or(&revision.head_sha))
        );
        if let Some(branch) = place.branch.as_ref().filter(|_| place.pipeline.is_none()) {
            path += &format!("&ref={}", segment(branch));
        }
        let listed = self.list::<StatusWire>("list statuses", &path, 10).await;
        let statuses = match listed {
            Err(ForgeError::Status { status: 404, .. }) => return Ok(None),
            other => other?.0,
        };
        let ours = statuses.into_iter().filter(|status| {
            status.name.as_deref() == Some(NAME)
                && place.pipeline.is_none_or(|own| status.pipeline_id.is_none_or(|its| its == own))
        });
        Ok(ours.max_by_key(|status| status.id))
    }
}

fn place_of(handle: &GateHandle) -> Option<Place> {
    serde_json::from_str(&handle.0).ok()
}

fn is_pipeline_gone(message: &str) -> bool {
    message.to_lowercase().contains("404 pipeline")
}

fn keep(place: &Place) -> Result<GateHandle, ForgeError> {
    let text = serde_json::to_string(place)
        .map_err(|error| shape("keep the status's place", error.to_string()))?;
    Ok(GateHandle(text))
}

fn is_commit_gone(message: &str) -> bool {
    // `404 Commit Not Found`, and not `404 References for commit Not Found` or `404 Project Not Found`.
    message.to_lowercase().contains("404 commit")
}

/// Whether the status says already what it shall say. Waiting and running are left behind by what comes after them.
fn stands(current: Option<&str>, wanted: &str) -> bool {
    match wanted {
        "pending" => matches!(current, Some("pending" | "running")),
        other => current == Some(other),
    }
}

fn body(place: &Place, gate: &Gate) -> serde_json::Value {
    let mut body = json!({
        "state": state_of(gate),
        "name": NAME,
        "description": description(gate),
    });
    match place.pipeline {
        // Its own branch; another one named beside it finds no pipeline.
        Some(pipeline) => body["pipeline_id"] = json!(pipeline),
        None => {
            if let Some(branch) = &place.branch {
                body["ref"] = json!(branch);
            }
        }
    }
    if let Some(url) = gate.details_url.as_ref().filter(|url| url.chars().count() <= LONGEST) {
        body["target_url"] = json!(url);
    }
    body
}

/// There is no neutral state: what must not block succeeds, and the description says that it was no review.
fn state_of(gate: &Gate) -> &'static str {
    match gate.state {
        GateState::Queued => "pending",
        GateState::Running => "running",
        GateState::Completed(Conclusion::Failed) => "failed",
        GateState::Completed(Conclusion::Cancelled) => "canceled",
        GateState::Completed(
            Conclusion::Passed | Conclusion::Neutral | Conclusion::Skipped | Conclusion::TimedOut,
        ) => "success",
    }
}

fn description(gate: &Gate) -> String {
    let title = gate.title.split_whitespace().collect::<Vec<_>>().join(" ");
    let lead = match gate.state {
        GateState::Completed(Conclusion::Neutral) if !title.starts_with("Not reviewed") => {
            "Not reviewed: "
        }
        GateState::Completed(Conclusion::TimedOut) => "Not reviewed: ",
        GateState::Completed(Conclusion::Skipped) => "Skipped: ",
        _ => "",
    };
    let text = format!("{lead}{title}");
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST - 3).chain("...".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(state: GateState, title: &str) -> Gate {
        Gate {
            state,
            title: title.to_owned(),
            summary: String::new(),
            annotations: Vec::new(),
            details_url: Some("https://host/reviews/1".to_owned()),
        }
    }

    #[test]
    fn what_must_not_block_succeeds_and_says_why() {
        for (how, title, state, says) in [
            (Conclusion::Passed, "No findings", "success", "No findings"),
            (Conclusion::Failed, "2 critical", "failed", "2 critical"),
            (Conclusion::Neutral, "Not reviewed: x", "success", "Not reviewed: x"),
            (Conclusion::Neutral, "x", "success", "Not reviewed: x"),
            (Conclusion::TimedOut, "It took too long", "success", "Not reviewed: It took too long"),
            (Conclusion::Skipped, "Draft", "success", "Skipped: Draft"),
            (Conclusion::Cancelled, "Closed", "canceled", "Closed"),
        ] {
            let body = body(&Place::default(), &gate(GateState::Completed(how), title));
            assert_eq!((&body["state"], &body["description"]), (&json!(state), &json!(says)));
        }
    }

    #[test]
    fn texts_keep_to_the_limits() {
        let mut long = gate(GateState::Running, &"é".repeat(300));
        long.details_url = Some(format!("https://host/{}", "x".repeat(250)));
        let place = Place { project: 1, branch: Some("topic".to_owned()), ..Place::default() };
        let body = body(&place, &long);
        assert_eq!(body["description"].as_str().map(|text| text.chars().count()), Some(255));
        assert_eq!(body.get("target_url"), None);
        assert_eq!((&body["ref"], body.get("pipeline_id")), (&json!("topic"), None));
    }

    #[test]
    fn a_pipeline_has_its_own_branch() {
        let branch = Some("refs/merge-requests/1/head".to_owned());
        let place = Place { project: 1, branch, pipeline: Some(3), ..Place::default() };
        let body = body(&place, &gate(GateState::Running, "x"));
        assert_eq!((body.get("ref"), &body["pipeline_id"]), (None, &json!(3)));
    }

    #[test]
    fn a_place_that_was_kept_before_is_read() {
        let kept = r#"{"project":5,"ref":"topic","pipeline":null}"#;
        let place = place_of(&GateHandle(kept.to_owned())).expect("a place");
        assert_eq!((place.project, place.sha, place.pipeline), (5, None, None));
    }

    #[test]
    fn a_status_that_is_there_already_or_further_is_success() {
        for (current, wanted, is) in [
            (Some("running"), "running", true),
            (Some("running"), "pending", true),
            (Some("pending"), "running", false),
            (Some("success"), "failed", false),
            (Some("success"), "success", true),
            (None, "running", false),
        ] {
            assert_eq!(stands(current, wanted), is, "{current:?} {wanted}");
        }
    }

    #[test]
    fn only_a_commit_can_be_gone() {
        assert!(is_commit_gone("404 Commit Not Found"));
        for other in
            ["404 Project Not Found", "404 References for commit Not Found", "404 Not Found"]
        {
            assert!(!is_commit_gone(other), "{other}");
        }
    }
}
