//! Check runs and commit statuses.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::super::APP_ID;
use super::super::model::{Check, CommitStatus, Repository, State};
use super::app::app_json;
use super::call::{Call, Fields};
use super::render::{Render, node_id, time};
use super::reply::{Answer, Page, Refusal, created, ok};

/// Most annotations in one request.
const MOST_ANNOTATIONS: usize = 50;
/// Longest summary and longest text of an output, in bytes.
const MOST_OUTPUT: usize = 65_535;
/// Longest message of an annotation, in bytes.
const MOST_MESSAGE: usize = 64 << 10;

const CONCLUSIONS: [&str; 7] =
    ["success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required"];

/// `POST /repos/{owner}/{name}/check-runs`
pub(super) fn create(state: &mut State, call: &Call<'_>, repository: i64) -> Answer {
    let fields = call.object()?;
    fields.only(&[
        "name",
        "head_sha",
        "details_url",
        "external_id",
        "status",
        "started_at",
        "conclusion",
        "completed_at",
        "output",
        "actions",
    ])?;
    let head_sha = fields.required("head_sha")?;
    let name = fields.required("name")?.to_owned();
    if !state.commits.contains_key(head_sha) {
        return Err(Refusal::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("No commit found for SHA: {head_sha}"),
        ));
    }
    let mut check = Check {
        id: state.next_id(),
        repository,
        head_sha: head_sha.to_owned(),
        name,
        status: "queued".to_owned(),
        conclusion: None,
        external_id: String::new(),
        details_url: None,
        title: None,
        summary: None,
        text: None,
        annotations: Vec::new(),
        started_at: None,
        completed_at: None,
        app_id: APP_ID,
    };
    apply(&mut check, &fields, state.now(), true)?;
    state.checks.push(check.clone());
    Ok(created(check_json(state, call, &check)))
}

/// `PATCH /repos/{owner}/{name}/check-runs/{id}`
pub(super) fn update(state: &mut State, call: &Call<'_>, repository: i64, id: i64) -> Answer {
    let fields = call.object()?;
    fields.only(&[
        "name",
        "details_url",
        "external_id",
        "status",
        "started_at",
        "conclusion",
        "completed_at",
        "output",
        "actions",
    ])?;
    let now = state.now();
    let at = state.checks.iter().position(|check| check.id == id && check.repository == repository);
    let at = at.ok_or_else(Refusal::not_found)?;
    let mut check = state.checks[at].clone();
    let ended = check.status == "completed";
    apply(&mut check, &fields, now, false)?;
    if ended && check.status != "completed" {
        state.violation(format!("check run {id} was re-opened after it had ended"));
        check.conclusion = None;
    }
    state.checks[at] = check.clone();
    Ok(ok(check_json(state, call, &check)))
}

/// Puts the fields into the check, or refuses them all.
fn apply(check: &mut Check, fields: &Fields, now: DateTime<Utc>, new: bool) -> Result<(), Refusal> {
    if let Some(name) = fields.text("name")? {
        name.clone_into(&mut check.name);
    }
    let status = fields.one_of("status", &["queued", "in_progress", "completed"])?;
    let conclusion = fields.one_of("conclusion", &CONCLUSIONS)?;
    if status == Some("completed") && conclusion.is_none() {
        return Err(Refusal::schema("\"conclusion\" wasn't supplied for a completed check run."));
    }
    if let Some(status) = status {
        status.clone_into(&mut check.status);
    }
    if let Some(external_id) = fields.text("external_id")? {
        external_id.clone_into(&mut check.external_id);
    }
    if let Some(url) = fields.text("details_url")? {
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(Refusal::schema("details_url must use http or https."));
        }
        check.details_url = Some(url.to_owned());
    }
    let started = moment(fields, "started_at")?;
    check.started_at = started.or(check.started_at).or(Some(now));
    let completed = moment(fields, "completed_at")?;
    if let Some(conclusion) = conclusion {
        // A conclusion ends the run, whatever the status says.
        check.status = "completed".to_owned();
        check.conclusion = Some(conclusion.to_owned());
        check.completed_at = completed.or(Some(now));
    }
    check_actions(fields)?;
    if let Some(output) = fields.object("output")? {
        apply_output(check, &output, new)?;
    }
    Ok(())
}

fn moment(fields: &Fields, name: &str) -> Result<Option<DateTime<Utc>>, Refusal> {
    let Some(text) = fields.text(name)? else { return Ok(None) };
    match DateTime::parse_from_rfc3339(text) {
        Ok(time) => Ok(Some(time.with_timezone(&Utc))),
        Err(_) => Err(Refusal::schema(format!(
            "For 'properties/{name}', {text} is not a valid date-time."
        ))),
    }
}

fn check_actions(fields: &Fields) -> Result<(), Refusal> {
    let Some(actions) = fields.list("actions")? else { return Ok(()) };
    if actions.len() > 3 {
        return Err(too_many(3, actions.len()));
    }
    for action in actions {
        let action = Fields::of(action)?;
        action.only(&["label", "description", "identifier"])?;
        for (name, most) in [("label", 20), ("description", 40), ("identifier", 20)] {
            longest(action.required(name)?.chars().count(), most)?;
        }
    }
    Ok(())
}

fn apply_output(check: &mut Check, output: &Fields, new: bool) -> Result<(), Refusal> {
    output.only(&["title", "summary", "text", "annotations", "images"])?;
    let title = if new { Some(output.required("title")?) } else { output.text("title")? };
    let summary = output.required("summary")?;
    let text = output.text("text")?;
    longest(summary.len(), MOST_OUTPUT)?;
    longest(text.unwrap_or_default().len(), MOST_OUTPUT)?;
    let annotations = output.list("annotations")?.cloned().unwrap_or_default();
    if annotations.len() > MOST_ANNOTATIONS {
        return Err(too_many(MOST_ANNOTATIONS, annotations.len()));
    }
    for annotation in &annotations {
        check_annotation(&Fields::of(annotation)?)?;
    }
    check.title = title.map(str::to_owned).or(check.title.take());
    check.summary = Some(summary.to_owned());
    check.text = text.map(str::to_owned).or(check.text.take());
    check.annotations.extend(annotations);
    Ok(())
}

fn check_annotation(annotation: &Fields) -> Result<(), Refusal> {
    annotation.only(&[
        "path",
        "start_line",
        "end_line",
        "start_column",
        "end_column",
        "annotation_level",
        "message",
        "title",
        "raw_details",
    ])?;
    annotation.required("path")?;
    annotation.required("annotation_level")?;
    annotation.one_of("annotation_level", &["notice", "warning", "failure"])?;
    let message = annotation.required("message")?;
    longest(message.len(), MOST_MESSAGE)?;
    longest(annotation.text("title")?.unwrap_or_default().chars().count(), 255)?;
    longest(annotation.text("raw_details")?.unwrap_or_default().len(), MOST_MESSAGE)?;
    let line = |name| {
        let line = annotation.number(name)?;
        line.ok_or_else(|| Refusal::schema(format!("\"{name}\" wasn't supplied.")))
    };
    let (start, end) = (line("start_line")?, line("end_line")?);
    if start < 1 || end < start {
        return Err(Refusal::schema("end_line must be greater than or equal to start_line."));
    }
    let columns = (annotation.number("start_column")?, annotation.number("end_column")?);
    match columns {
        (None, None) => Ok(()),
        _ if start != end => {
            Err(Refusal::schema("start_column and end_column are only allowed on a single line."))
        }
        (Some(from), Some(to)) if from > to => {
            Err(Refusal::schema("end_column must be greater than or equal to start_column."))
        }
        _ => Ok(()),
    }
}

fn too_many(most: usize, supplied: usize) -> Refusal {
    Refusal::schema(format!("No more than {most} items are allowed; {supplied} were supplied."))
}

fn longest(length: usize, most: usize) -> Result<(), Refusal> {
    if length > most {
        return Err(Refusal::schema(format!(
            "Only {most} characters are allowed; {length} were supplied."
        )));
    }
    Ok(())
}

/// `GET /repos/{owner}/{name}/check-runs/{id}` and its annotations.
pub(super) fn one(
    state: &State,
    call: &Call<'_>,
    repository: i64,
    id: i64,
    annotations: bool,
) -> Answer {
    let mut checks = state.checks.iter();
    let check = checks.find(|check| check.id == id && check.repository == repository);
    let check = check.ok_or_else(Refusal::not_found)?;
    if !annotations {
        return Ok(ok(check_json(state, call, check)));
    }
    let page = Page::of(&call.query, &call.url(), check.annotations.len());
    let shown = check.annotations[page.range.clone()].iter();
    let shown: Vec<Value> = shown.map(|it| annotation_json(call, check, it)).collect();
    Ok(page.answer(json!(shown)))
}

/// An annotation as it was sent, with everything that was left out.
fn annotation_json(call: &Call<'_>, check: &Check, sent: &Value) -> Value {
    let path = sent["path"].as_str().unwrap_or_default();
    json!({
        "path": path,
        "blob_href": format!("{}/blob/{}/{path}", call.host, check.head_sha),
        "start_line": sent["start_line"],
        "start_column": sent["start_column"],
        "end_line": sent["end_line"],
        "end_column": sent["end_column"],
        "annotation_level": sent["annotation_level"],
        "title": sent["title"],
        "message": sent["message"],
        "raw_details": sent["raw_details"],
    })
}

/// `GET /repos/{owner}/{name}/commits/{sha}/check-runs`
pub(super) fn list(state: &State, call: &Call<'_>, repository: &Repository, name: &str) -> Answer {
    let sha = repository.branches.get(name).map_or(name, String::as_str);
    let asks =
        |parameter, value: &str| call.query.get(parameter).is_none_or(|asked| asked == value);
    let mut found: Vec<&Check> = state
        .checks
        .iter()
        .filter(|check| check.repository == repository.id && check.head_sha == sha)
        .filter(|check| asks("check_name", &check.name) && asks("status", &check.status))
        .filter(|check| asks("app_id", &check.app_id.to_string()))
        .collect();
    found.reverse();
    if call.query.get("filter") != Some("all") {
        let mut seen = Vec::new();
        found.retain(|check| {
            let new = !seen.contains(&(&check.name, check.app_id));
            seen.push((&check.name, check.app_id));
            new
        });
    }
    let page = Page::of(&call.query, &call.url(), found.len());
    let shown: Vec<Value> =
        found[page.range.clone()].iter().map(|check| check_json(state, call, check)).collect();
    Ok(page.answer(json!({ "total_count": found.len(), "check_runs": shown })))
}

fn check_json(state: &State, call: &Call<'_>, check: &Check) -> Value {
    let api = format!("{}{}", call.host, call.base);
    check_at(Render { state, host: &call.host, api: &api }, check)
}

/// A check run as answers and deliveries have it.
pub(super) fn check_at(render: Render<'_>, check: &Check) -> Value {
    let Render { host, api, .. } = render;
    let url = format!("{api}/repositories/{}/check-runs/{}", check.repository, check.id);
    json!({
        "id": check.id,
        "node_id": node_id("CR", check.id),
        "name": check.name,
        "head_sha": check.head_sha,
        "external_id": check.external_id,
        "status": check.status,
        "conclusion": check.conclusion,
        "started_at": check.started_at.map(time),
        "completed_at": check.completed_at.map(time),
        "details_url": check.details_url,
        "html_url": format!("{host}/checks/{}", check.id),
        "url": url,
        "output": {
            "title": check.title,
            "summary": check.summary,
            "text": check.text,
            "annotations_count": check.annotations.len(),
            "annotations_url": format!("{url}/annotations"),
        },
        "check_suite": { "id": check.repository },
        "app": app_json(render),
        "pull_requests": [],
    })
}

/// `POST /repos/{owner}/{name}/statuses/{sha}`
pub(super) fn create_status(
    state: &mut State,
    call: &Call<'_>,
    repository: i64,
    sha: &str,
) -> Answer {
    let fields = call.object()?;
    fields.required("state")?;
    let word = fields.one_of("state", &["error", "failure", "pending", "success"])?;
    let description = fields.text("description")?;
    if description.unwrap_or_default().chars().count() > 140 {
        return Err(Refusal::custom(
            "Status",
            "description",
            "description is too long (maximum is 140 characters)",
        ));
    }
    if !state.commits.contains_key(sha) {
        return Err(Refusal::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("No commit found for SHA: {sha}"),
        ));
    }
    let status = CommitStatus {
        id: state.next_id(),
        repository,
        sha: sha.to_owned(),
        name: fields.text("context")?.unwrap_or("default").to_owned(),
        state: word.unwrap_or_default().to_owned(),
        description: description.map(str::to_owned),
        target_url: fields.text("target_url")?.map(str::to_owned),
        branch: None,
        pipeline: None,
        author: state.app_login(),
        updated_at: state.now(),
    };
    let body = status_json(&status);
    state.statuses.push(status);
    Ok(created(body))
}

/// `GET /repos/{owner}/{name}/commits/{sha}/statuses`, newest first.
pub(super) fn statuses(state: &State, call: &Call<'_>, repository: i64, sha: &str) -> Answer {
    let all: Vec<Value> = state
        .statuses
        .iter()
        .rev()
        .filter(|status| status.repository == repository && status.sha == sha)
        .map(status_json)
        .collect();
    let page = Page::of(&call.query, &call.url(), all.len());
    let shown = json!(all[page.range.clone()]);
    Ok(page.answer(shown))
}

fn status_json(status: &CommitStatus) -> Value {
    json!({
        "id": status.id,
        "state": status.state,
        "context": status.name,
        "description": status.description,
        "target_url": status.target_url,
        "creator": { "login": status.author, "type": "Bot" },
        "created_at": time(status.updated_at),
        "updated_at": time(status.updated_at),
    })
}
