//! The GraphQL endpoint: review threads are to be had nowhere else. Answers 200 also for failures.

mod query;
mod select;

use serde_json::{Map, Value, json};

use super::super::Anchor;
use super::super::model::{Change, Note, State, Thread};
use super::auth::Token;
use super::call::Call;
use super::comments::lines_json;
use super::render::{node_id, number_of, time};
use super::reply::{Answer, Refusal, ok};
use query::{Field, parse};
use select::{connection, of_alias, select};

/// A field that could not be answered.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Failure {
    kind: &'static str,
    message: String,
}

impl Failure {
    fn invalid(message: impl Into<String>) -> Self {
        Self { kind: "INVALID", message: message.into() }
    }

    fn undefined(field: &str, kind: &str) -> Self {
        Self {
            kind: "undefinedField",
            message: format!("Field '{field}' doesn't exist on type '{kind}'"),
        }
    }

    fn not_found(what: impl std::fmt::Display) -> Self {
        Self { kind: "NOT_FOUND", message: format!("Could not resolve to {what}.") }
    }

    fn forbidden() -> Self {
        Self { kind: "FORBIDDEN", message: "Resource not accessible by integration".to_owned() }
    }
}

/// `POST /graphql`
pub(super) fn answer(state: &mut State, call: &Call<'_>, token: &Token) -> Answer {
    let fields = call.object()?;
    let text = fields.required("query")?;
    let none = Map::new();
    let given = super::reply::object(call.body)?;
    let variables = given.get("variables").and_then(Value::as_object).unwrap_or(&none);
    let operation = match parse(text, variables) {
        Ok(operation) => operation,
        Err(message) => {
            state.violation(format!("a GraphQL document was not understood: {message}"));
            return Ok(ok(json!({ "errors": [{ "message": message }] })));
        }
    };
    let mut data = Map::new();
    let mut errors = Vec::new();
    for field in &operation.fields {
        let result = if operation.mutation {
            mutate(state, token, field)
        } else {
            read(state, token, field)
        };
        let value = result.and_then(|whole| select(&whole, &field.fields));
        let value = value.unwrap_or_else(|failure| {
            if failure.kind == "undefinedField" {
                state.violation(failure.message.clone());
            }
            errors.push(json!({
                "type": failure.kind,
                "path": [field.alias],
                "locations": [{ "line": 1, "column": 1 }],
                "message": failure.message,
            }));
            Value::Null
        });
        data.insert(field.alias.clone(), value);
    }
    let mut body = json!({ "data": data });
    if !errors.is_empty() {
        body["errors"] = Value::Array(errors);
    }
    Ok(ok(body))
}

fn read(state: &State, token: &Token, field: &Field) -> Result<Value, Failure> {
    let text = |name: &str| field.arguments.get(name).and_then(Value::as_str).unwrap_or_default();
    match field.name.as_str() {
        "repository" => {
            let name = format!("{}/{}", text("owner"), text("name"));
            let repository = state
                .repository(&name)
                .filter(|repository| token.reaches(state, repository.id) || !repository.private);
            let Some(repository) = repository else {
                return Err(Failure::not_found(format!("a Repository with the name '{name}'")));
            };
            let mut whole = json!({
                "__typename": "Repository",
                "id": node_id("R", repository.id),
                "databaseId": repository.id,
                "nameWithOwner": name,
                "pullRequest": null,
            });
            if let Some(wanted) = field.fields.iter().find(|field| field.name == "pullRequest") {
                whole["pullRequest"] = pull(state, repository.id, wanted)?;
            }
            for wanted in field.fields.iter().filter(|field| field.name == "object") {
                whole[of_alias(wanted)] = blob(state, token, wanted)?;
            }
            Ok(whole)
        }
        "rateLimit" => Ok(json!({
            "__typename": "RateLimit", "cost": 1, "limit": 5000, "remaining": 4999, "used": 1,
            "resetAt": time(state.now() + chrono::TimeDelta::hours(1)),
        })),
        "viewer" => Ok(json!({ "__typename": "User", "login": state.github.slug })),
        "node" => {
            let (change, thread) = thread_by_id(state, text("id"))?;
            Ok(thread_json(&state.app_login(), change, thread))
        }
        other => Err(Failure::undefined(other, "Query")),
    }
}

/// Longest text of a blob; what is behind is cut.
const MOST_TEXT: usize = 512_000;

/// A file by its id. Text only: bytes that are none are replaced.
fn blob(state: &State, token: &Token, field: &Field) -> Result<Value, Failure> {
    if !token.may("contents", "read") {
        return Err(Failure::forbidden());
    }
    let oid = field.arguments.get("oid").and_then(Value::as_str);
    let oid = oid.ok_or_else(|| Failure::invalid("one of oid and expression is needed"))?;
    let Some(bytes) = state.blobs.get(oid) else { return Ok(Value::Null) };
    let binary = bytes.contains(&0);
    let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(MOST_TEXT)]).into_owned();
    Ok(json!({
        "__typename": "Blob",
        "oid": oid,
        "byteSize": bytes.len(),
        "isBinary": binary,
        "isTruncated": bytes.len() > MOST_TEXT,
        "text": (!binary).then_some(shown),
    }))
}

fn pull(state: &State, repository: i64, field: &Field) -> Result<Value, Failure> {
    let number = field.arguments.get("number").and_then(Value::as_i64).unwrap_or_default();
    let change = state
        .change(repository, number)
        .ok_or_else(|| Failure::not_found(format!("a PullRequest with the number of {number}")))?;
    let threads = change.threads.iter().filter(|thread| !thread.notes.is_empty());
    Ok(json!({
        "__typename": "PullRequest",
        "id": node_id("PR", change.id),
        "number": number,
        "headRefOid": change.head(),
        "isDraft": change.draft,
        "title": change.title,
        "reviewThreads": connection(threads.map(|thread| thread_json(&state.app_login(), change, thread)).collect()),
    }))
}

fn thread_json(app: &str, change: &Change, thread: &Thread) -> Value {
    let (side, line, start) = lines_json(thread.current.as_ref());
    let (original_side, original_line, original_start) = lines_json(Some(&thread.original));
    let whole_file = matches!(thread.original, Anchor::File { .. });
    json!({
        "__typename": "PullRequestReviewThread",
        "id": node_id("PRRT", thread.id),
        "isResolved": thread.resolved_by.is_some(),
        "isOutdated": thread.current.is_none(),
        "isCollapsed": thread.resolved_by.is_some(),
        "resolvedBy": thread.resolved_by.as_deref().map(actor),
        "path": thread.original.path(),
        "line": line,
        "startLine": start,
        "originalLine": original_line,
        "originalStartLine": original_start,
        "diffSide": if side.is_null() { original_side } else { side },
        "subjectType": if whole_file { "FILE" } else { "LINE" },
        "pullRequest": { "__typename": "PullRequest", "number": change.number },
        "comments": connection(thread.notes.iter().map(|note| comment_json(app, note)).collect()),
    })
}

fn comment_json(app: &str, note: &Note) -> Value {
    json!({
        "__typename": "PullRequestReviewComment",
        "id": node_id("PRRC", note.id),
        "databaseId": note.id,
        "fullDatabaseId": note.id.to_string(),
        "body": note.body,
        "author": note.author.as_deref().map(actor),
        "isMinimized": note.minimized.is_some(),
        "minimizedReason": note.minimized.as_deref().map(str::to_lowercase),
        "viewerDidAuthor": note.author.as_deref() == Some(app),
        "createdAt": time(note.created_at),
    })
}

/// A bot's login has no suffix here.
fn actor(login: &str) -> Value {
    match login.strip_suffix("[bot]") {
        Some(login) => json!({ "__typename": "Bot", "login": login }),
        None => json!({ "__typename": "User", "login": login }),
    }
}

fn mutate(state: &mut State, token: &Token, field: &Field) -> Result<Value, Failure> {
    let input = field.arguments.get("input").and_then(Value::as_object);
    let input = input.ok_or_else(|| {
        Failure::invalid(format!("Field '{}' is missing required arguments: input", field.name))
    })?;
    let text = |name: &str| {
        input.get(name).and_then(Value::as_str).ok_or_else(|| {
            Failure::invalid(format!("Argument '{name}' on InputObject is required"))
        })
    };
    match field.name.as_str() {
        "resolveReviewThread" => settle(state, token, text("threadId")?, true),
        "unresolveReviewThread" => settle(state, token, text("threadId")?, false),
        "minimizeComment" => {
            let classifier = text("classifier")?;
            let known = ["ABUSE", "DUPLICATE", "OFF_TOPIC", "OUTDATED", "RESOLVED", "SPAM"];
            if !known.contains(&classifier) {
                return Err(Failure::invalid(format!(
                    "Argument 'classifier' has an invalid value ({classifier})"
                )));
            }
            minimize(state, token, text("subjectId")?, Some(classifier))
        }
        "unminimizeComment" => minimize(state, token, text("subjectId")?, None),
        "deletePullRequestReviewComment" => {
            let id = number_of("PRRC", text("id")?);
            let id = id.ok_or_else(|| Failure::not_found("a node with the given id"))?;
            let repository = repository_of_note(state, id)?;
            allow(state, token, repository, "pull_requests")?;
            super::reviews::delete_comment(state, repository, id)
                .map_err(|refusal: Refusal| Failure::invalid(refusal.message))?;
            Ok(json!({ "__typename": "Payload", "clientMutationId": null }))
        }
        other => Err(Failure::undefined(other, "Mutation")),
    }
}

/// Whether the token may write that in the repository.
fn allow(state: &State, token: &Token, repository: i64, permission: &str) -> Result<(), Failure> {
    if token.reaches(state, repository) && token.may(permission, "write") {
        Ok(())
    } else {
        Err(Failure::forbidden())
    }
}

/// An App needs `contents: write` for this besides `pull_requests: write`.
fn settle(state: &mut State, token: &Token, id: &str, resolved: bool) -> Result<Value, Failure> {
    let (change, thread) = thread_by_id(state, id)?;
    let (key, thread) = ((change.repository, change.number), thread.id);
    allow(state, token, key.0, "pull_requests")?;
    allow(state, token, key.0, "contents")?;
    let app = state.app_login();
    if let Some(change) = state.changes.get_mut(&key) {
        for own in change.threads.iter_mut().filter(|own| own.id == thread) {
            own.resolved_by = resolved.then(|| app.clone());
        }
    }
    let (change, thread) = thread_by_id(state, id)?;
    Ok(json!({
        "__typename": "Payload",
        "clientMutationId": null,
        "thread": thread_json(&state.app_login(), change, thread),
    }))
}

fn minimize(
    state: &mut State,
    token: &Token,
    id: &str,
    reason: Option<&str>,
) -> Result<Value, Failure> {
    let missing = || Failure::not_found(format!("a node with the global id of '{id}'"));
    let number = number_of("PRRC", id).or_else(|| number_of("IC", id)).ok_or_else(missing)?;
    let repository = repository_of_note(state, number)?;
    allow(state, token, repository, "pull_requests")?;
    let app = state.app_login();
    let notes = state.changes.values_mut().flat_map(|change| {
        change.comments.iter_mut().chain(change.threads.iter_mut().flat_map(|own| &mut own.notes))
    });
    let mut shown = Value::Null;
    for note in notes.filter(|note| note.id == number) {
        note.minimized = reason.map(str::to_owned);
        shown = comment_json(&app, note);
    }
    Ok(
        json!({ "__typename": "Payload", "clientMutationId": null, "minimizedComment": shown, "unminimizedComment": shown }),
    )
}

fn thread_by_id<'s>(state: &'s State, id: &str) -> Result<(&'s Change, &'s Thread), Failure> {
    let missing = || Failure::not_found(format!("a node with the global id of '{id}'"));
    let number = number_of("PRRT", id).ok_or_else(missing)?;
    let mut all = state
        .changes
        .values()
        .flat_map(|change| change.threads.iter().map(move |thread| (change, thread)));
    all.find(|(_, thread)| thread.id == number).ok_or_else(missing)
}

fn repository_of_note(state: &State, id: i64) -> Result<i64, Failure> {
    let mut changes = state.changes.values();
    let change = changes.find(|change| {
        let mut notes =
            change.comments.iter().chain(change.threads.iter().flat_map(|own| &own.notes));
        notes.any(|note| note.id == id)
    });
    change
        .map(|change| change.repository)
        .ok_or_else(|| Failure::not_found("a node with the given id"))
}
