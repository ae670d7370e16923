//! What people ask for by a check's buttons and in comments.

use serde_json::Value;

use super::events::repository;
use super::wire::{Comment, CommentEvent, Id, Repository, RerunEvent, SenderEvent};
use crate::forge::webhook::{At, Given, Wish, shaped};
use crate::forge::{ChangeRequest, CommentRef};
use crate::review::command::is_addressed;

pub(super) fn rerun(payload: &Value, app_id: u64) -> Wish {
    match check(payload, app_id) {
        Ok((at, _)) => Wish::Again(at),
        Err(reason) => Wish::Nothing(reason),
    }
}

/// A button below a check: what it means is a command of who pressed it.
pub(super) fn button(payload: &Value, app_id: u64) -> Wish {
    let (at, id) = match check(payload, app_id) {
        Ok(check) => check,
        Err(reason) => return Wish::Nothing(reason),
    };
    let pressed = payload.pointer("/requested_action/identifier").and_then(Value::as_str);
    let (button, text) = match pressed {
        Some("accept") => ("accept", "@asyncwarden accept"),
        Some("recheck") => ("recheck", "@asyncwarden recheck"),
        _ => return Wish::Nothing("there is no such button"),
    };
    let Some(sender) = shaped::<SenderEvent>(payload) else {
        return Wish::Nothing("nobody pressed the button");
    };
    let by = sender.sender.person();
    // Once for each person: who may not say so doesn't use it up for others.
    let comment = CommentRef { id: format!("check:{id}:{button}:{}", by.id), thread: None };
    let given = Given { by, comment, is_comment: false, text: text.to_owned() };
    Wish::Command { at, given }
}

/// The change requests that a check of ours is about, and the check's number.
fn check(payload: &Value, app_id: u64) -> Result<(At, i64), &'static str> {
    let Some(event) = shaped::<RerunEvent>(payload) else {
        return Err("the body is none of a check event");
    };
    let check = event.check_run;
    if check.app.and_then(|app| u64::try_from(app.id).ok()) != Some(app_id) {
        return Err("the check is of another App");
    }
    let number = event.repository.id;
    let repository = repository(event.repository, event.installation);
    let named = check.pull_requests.iter().map(|pull_request| ChangeRequest {
        repository: repository.clone(),
        number: pull_request.number,
    });
    let named = named.collect();
    Ok((At::Head { repository: number, head_sha: check.head_sha, named }, check.id))
}

/// A comment beside the code. Plain issues have comments of the same kind.
pub(super) fn comment(payload: &Value) -> Wish {
    let Some(event) = shaped::<CommentEvent>(payload) else {
        return Wish::Nothing("the body is none of a comment event");
    };
    let Some(issue) = event.issue.filter(|issue| issue.pull_request.is_some()) else {
        return Wish::Nothing("the comment is on no pull request");
    };
    said(event.comment, event.repository, event.installation, issue.number, false)
}

/// A comment at the code.
pub(super) fn reply(payload: &Value) -> Wish {
    let Some(event) = shaped::<CommentEvent>(payload) else {
        return Wish::Nothing("the body is none of a comment event");
    };
    let Some(pull_request) = event.pull_request else {
        return Wish::Nothing("the comment is on no pull request");
    };
    said(event.comment, event.repository, event.installation, pull_request.number, true)
}

fn said(
    comment: Comment,
    in_repository: Repository,
    installation: Option<Id>,
    number: i64,
    in_thread: bool,
) -> Wish {
    let text = comment.body.unwrap_or_default();
    if !is_addressed(&text) {
        return Wish::Nothing("the comment is not addressed to us");
    }
    let Some(author) = comment.user.filter(|user| user.kind.as_deref() != Some("Bot")) else {
        return Wish::Nothing("no person wrote the comment");
    };
    let thread = in_thread.then(|| comment.in_reply_to_id.unwrap_or(comment.id).to_string());
    let comment = CommentRef { id: comment.id.to_string(), thread };
    let given = Given { by: author.person(), comment, is_comment: true, text };
    let repository = repository(in_repository, installation);
    Wish::Command { at: At::Change(ChangeRequest { repository, number }), given }
}
