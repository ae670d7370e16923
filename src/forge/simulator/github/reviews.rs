//! Reviews: several comments at once, all or none of them.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::model::{Review, State, Thread};
use super::super::{Anchor, FileDiff};
use super::anchor::{complaints, lines};
use super::call::{Call, Fields};
use super::links;
use super::render::{Render, node_id, time};
use super::reply::{Answer, Page, Refusal, no_content, ok};
use super::texts;

/// Longest body, in characters.
pub(super) const MOST_BODY: usize = 65_536;

/// A pull request's key in the state.
pub(super) type Key = (i64, i64);

/// Refuses a body that is too long.
pub(super) fn check_length(body: &str) -> Result<(), Refusal> {
    if body.chars().count() > MOST_BODY {
        return Err(Refusal::unprocessable([format!(
            "Body is too long (maximum is {MOST_BODY} characters)"
        )]));
    }
    Ok(())
}

/// The diff that comments on a commit of the pull request hang on; `None` when the commit is no part of it.
pub(super) fn diff_at(state: &State, key: Key, commit: &str) -> Option<Arc<[FileDiff]>> {
    let change = &state.changes[&key];
    let version = change.version();
    if commit == version.head {
        return Some(state.change_diff(change));
    }
    let own =
        state.is_ancestor(commit, &version.head) && !state.is_ancestor(commit, &version.target);
    own.then(|| state.diff(&version.merge_base, commit))
}

/// `POST /repos/{owner}/{name}/pulls/{number}/reviews`
pub(super) fn create(state: &mut State, call: &Call<'_>, key: Key) -> Answer {
    let fields = call.object()?;
    let wanted = Wanted::read(state, key, &fields)?;
    let (now, id) = (state.now(), state.next_id());
    let submitted = match wanted.event.as_deref() {
        Some("APPROVE") => "APPROVED",
        Some("REQUEST_CHANGES") => "CHANGES_REQUESTED",
        Some(_) => "COMMENTED",
        None => "PENDING",
    };
    let review = Review {
        id,
        author: state.app_login(),
        state: submitted.to_owned(),
        body: wanted.body,
        commit: wanted.commit.clone(),
        submitted_at: now,
    };
    let mut threads = Vec::new();
    for (anchor, body) in wanted.comments {
        threads.push(new_thread(state, anchor, &wanted.commit, Some(id), &body));
    }
    if submitted == "PENDING" {
        state.github.pending.insert(id, threads);
    } else {
        add_threads(state, key, threads);
    }
    if let Some(change) = state.changes.get_mut(&key) {
        change.reviews.push(review.clone());
    }
    Ok(ok(review_json(state, call, key, &review)))
}

/// A thread with its first comment, not put anywhere yet.
pub(super) fn new_thread(
    state: &mut State,
    anchor: Anchor,
    commit: &str,
    review: Option<i64>,
    body: &str,
) -> Thread {
    for text in texts::violations(state, &anchor, commit, body) {
        state.violation(text);
    }
    let author = state.app_login();
    let note = state.note(&author, body);
    Thread {
        id: state.next_id(),
        original: anchor.clone(),
        original_head: commit.to_owned(),
        current: Some(anchor),
        review,
        notes: vec![note],
        resolved_by: None,
        sent: Value::Null,
    }
}

/// Shows threads to everybody, where they hang at the newest head.
pub(super) fn add_threads(state: &mut State, key: Key, threads: Vec<Thread>) {
    if let Some(change) = state.changes.get_mut(&key) {
        change.threads.extend(threads);
    }
    state.hang_anew(key);
}

/// What a review shall be, already found good.
struct Wanted {
    body: String,
    event: Option<String>,
    commit: String,
    comments: Vec<(Anchor, String)>,
}

impl Wanted {
    fn read(state: &State, key: Key, fields: &Fields) -> Result<Self, Refusal> {
        fields.only(&["body", "event", "commit_id", "comments"])?;
        let change = &state.changes[&key];
        if change.locked {
            return Err(Refusal::unprocessable(["lock prevents review"]));
        }
        let body = fields.text("body")?.unwrap_or_default();
        let event = fields.one_of("event", &["COMMENT", "APPROVE", "REQUEST_CHANGES"])?;
        let comments = fields.list("comments")?.cloned().unwrap_or_default();
        let blank = body.trim().is_empty();
        if blank
            && (event == Some("REQUEST_CHANGES")
                || (event == Some("COMMENT") && comments.is_empty()))
        {
            return Err(Refusal::unprocessable(["Review body can't be blank"]));
        }
        check_length(body)?;
        if change.reviews.iter().any(|review| review.state == "PENDING") {
            return Err(Refusal::unprocessable([
                "User can only have one pending review per pull request",
            ]));
        }
        let commit = fields.text("commit_id")?.unwrap_or(change.head());
        let diff = diff_at(state, key, commit).ok_or_else(|| {
            Refusal::unprocessable(["The commit is not part of the pull request"])
        })?;
        let read: Result<_, Refusal> =
            comments.iter().map(|comment| read_comment(&diff, &Fields::of(comment)?)).collect();
        Ok(Self {
            body: body.to_owned(),
            event: event.map(str::to_owned),
            commit: commit.to_owned(),
            comments: read?,
        })
    }
}

fn read_comment(diff: &[FileDiff], fields: &Fields) -> Result<(Anchor, String), Refusal> {
    fields.only(&["path", "position", "body", "line", "side", "start_line", "start_side"])?;
    let path = fields.required("path")?;
    let body = fields.required("body")?;
    if body.trim().is_empty() {
        return Err(Refusal::unprocessable(["Pull request review comment body can't be blank"]));
    }
    check_length(body)?;
    let file = diff.iter().find(|file| file.path == path);
    let file = file.ok_or_else(|| {
        Refusal::unprocessable([
            "Pull request review thread path is invalid",
            "Path could not be resolved",
        ])
    })?;
    let Some(anchor) = lines(fields, path)? else {
        return Err(Refusal::unprocessable(["Pull request review thread position is invalid"]));
    };
    match complaints(file, &anchor) {
        none if none.is_empty() => Ok((anchor, body.to_owned())),
        complaints => Err(Refusal::unprocessable(complaints)),
    }
}

pub(super) fn list(state: &State, call: &Call<'_>, key: Key) -> Answer {
    let reviews = &state.changes[&key].reviews;
    let page = Page::of(&call.query, &call.url(), reviews.len());
    let shown: Vec<Value> = reviews[page.range.clone()]
        .iter()
        .map(|review| review_json(state, call, key, review))
        .collect();
    Ok(page.answer(json!(shown)))
}

/// Everything below `/pulls/{number}/reviews/{id}`.
pub(super) fn one(
    state: &mut State,
    call: &Call<'_>,
    key: Key,
    id: i64,
    action: Option<&str>,
) -> Answer {
    let app = state.app_login();
    let change = state.changes.get_mut(&key).ok_or_else(Refusal::not_found)?;
    let at = change.reviews.iter().position(|review| review.id == id);
    let at = at.ok_or_else(Refusal::not_found)?;
    let review = &mut change.reviews[at];
    let own = review.author == app;
    match (call.method, action) {
        ("GET", None) => {}
        ("PUT", None) if own => {
            let fields = call.object()?;
            let body = fields.required("body")?;
            check_length(body)?;
            review.body = body.to_owned();
        }
        ("DELETE", None) if review.state == "PENDING" && own => {
            let review = change.reviews.remove(at);
            state.github.pending.remove(&id);
            return Ok(ok(review_json(state, call, key, &review)));
        }
        ("DELETE", None) => {
            return Err(Refusal::unprocessable([
                "Can not delete a non-pending pull request review",
            ]));
        }
        ("POST", Some("events")) if review.state == "PENDING" && own => {
            let fields = call.object()?;
            fields.required("event")?;
            let event = fields.one_of("event", &["COMMENT", "APPROVE", "REQUEST_CHANGES"])?;
            review.state = match event {
                Some("APPROVE") => "APPROVED",
                Some("REQUEST_CHANGES") => "CHANGES_REQUESTED",
                _ => "COMMENTED",
            }
            .to_owned();
            let threads = state.github.pending.remove(&id).unwrap_or_default();
            add_threads(state, key, threads);
        }
        ("POST", Some("events")) => {
            return Err(Refusal::unprocessable(["Could not submit a review that is not pending"]));
        }
        ("PUT", Some("dismissals")) => {
            call.object()?.required("message")?;
            if !matches!(review.state.as_str(), "APPROVED" | "CHANGES_REQUESTED") {
                return Err(Refusal::unprocessable([
                    "Can not dismiss a commented pull request review",
                ]));
            }
            review.state = "DISMISSED".to_owned();
        }
        ("PUT", None) => return Err(Refusal::forbidden()),
        _ => return Err(Refusal::new(StatusCode::NOT_FOUND, "Not Found")),
    }
    let review = state.changes[&key].reviews[at].clone();
    Ok(ok(review_json(state, call, key, &review)))
}

/// `DELETE /repos/{owner}/{name}/pulls/comments/{id}`: the thread goes with its last comment.
pub(super) fn delete_comment(state: &mut State, repository: i64, id: i64) -> Answer {
    let app = state.app_login();
    let mut changes = state.changes.values_mut().filter(|change| change.repository == repository);
    let thread = changes.find_map(|change| change.thread_of(id)).ok_or_else(Refusal::not_found)?;
    let own = |author: Option<&str>| author == Some(app.as_str());
    if !thread.notes.iter().any(|note| note.id == id && own(note.author.as_deref())) {
        return Err(Refusal::forbidden());
    }
    thread.notes.retain(|note| note.id != id);
    Ok(no_content())
}

fn review_json(state: &State, call: &Call<'_>, key: Key, review: &Review) -> Value {
    let api = format!("{}{}", call.host, call.base);
    let render = Render { state, host: &call.host, api: &api };
    let name = &state.repositories[&key.0].full_name;
    let number = key.1;
    let mut answer = json!({
        "id": review.id,
        "node_id": node_id("PRR", review.id),
        "user": render.user(&review.author),
        "body": review.body,
        "state": review.state,
        "html_url": format!("{}/{name}/pull/{number}#pullrequestreview-{}", call.host, review.id),
        "pull_request_url": format!("{api}/repos/{name}/pulls/{number}"),
        "author_association": render.association(Some(&review.author), key.0),
        "commit_id": review.commit,
    });
    let (html, pull) = (answer["html_url"].clone(), answer["pull_request_url"].clone());
    links::write_own(&mut answer, [("html", &html), ("pull_request", &pull)]);
    if review.state != "PENDING" {
        answer["submitted_at"] = json!(time(review.submitted_at));
    }
    answer
}
