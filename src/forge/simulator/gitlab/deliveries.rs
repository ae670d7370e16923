//! Calls of the webhooks and external status checks that are set: with their secrets, and the headers of the version.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::json;

use super::super::Simulator;
use super::super::model::State;
use super::super::webhooks::{Event, Payload, body_signature, standard_signature};
use super::call::Call;
use super::hooks::{HookOwner, InstalledHook, find, signs, since};
use super::reply::{Answer, Refusal, created};
use super::{Caller, groups, number, payload, project};

/// A call as it was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// The webhook or external status check.
    pub from: i64,
    /// Status of the answer; 0 when there was none.
    pub status: u16,
    /// Body of the answer, or why there was none.
    pub answer: String,
}

/// One call that is to be made.
struct Outgoing {
    from: i64,
    url: String,
    headers: HeaderMap,
    body: String,
}

impl Simulator {
    /// Tells whoever has a webhook or external status check for it what happened to a merge request.
    pub async fn announce(&self, repository: i64, number: i64, event: &Event) -> Vec<Delivered> {
        let outgoing = {
            let state = self.state();
            let told = payload(&state, self.url(), repository, number, event);
            let name = match told.event.as_str() {
                "Note Hook" => "note_events",
                _ => "merge_requests_events",
            };
            let hooks = state.gitlab.hooks.iter().filter(|hook| {
                let callable = hook.alert_status(state.now()) == "executable";
                callable && hook.hears(name) && is_in(&state, hook, repository)
            });
            let uuid = uuid::Uuid::new_v4().to_string();
            let mut outgoing: Vec<Outgoing> =
                hooks.map(|hook| call_of(&state, self.url(), hook, &told, &uuid)).collect();
            if name == "merge_requests_events" {
                outgoing.extend(checks(&state, repository, &told));
            }
            outgoing
        };
        let mut delivered = Vec::new();
        for call in outgoing {
            delivered.push(self.make(call).await);
        }
        delivered
    }

    async fn make(&self, call: Outgoing) -> Delivered {
        let (status, answer) = match post(&call).await {
            Ok(answered) => answered,
            Err(error) => (0, format!("Failed to open TCP connection: {error}")),
        };
        let mut state = self.state();
        let now = state.now();
        if let Some(hook) = state.gitlab.hooks.iter_mut().find(|hook| hook.id == call.from) {
            hook.called((200..300).contains(&status), now);
        }
        drop(state);
        self.shared.changed.notify_waiters();
        Delivered { from: call.from, status, answer }
    }

    /// `POST …/hooks/:hook_id/test/:trigger`; `None` when the call is another one.
    pub(super) async fn test_hook(&self, call: &Call<'_>) -> Option<Answer> {
        let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
        let [kind @ ("projects" | "groups"), id, "hooks", hook, "test", trigger] = path[..] else {
            return None;
        };
        if call.method != "POST" {
            return None;
        }
        let outgoing = {
            let mut state = self.state();
            match prepare(&mut state, self.url(), call, (kind, id, hook, trigger)) {
                Ok(outgoing) => outgoing,
                Err(refusal) => return Some(Err(refusal)),
            }
        };
        let delivered = self.make(outgoing).await;
        if (200..300).contains(&delivered.status) {
            return Some(Ok(created(json!({ "message": "201 Created" }))));
        }
        let message = json!({ "message": delivered.answer });
        let refused: Response =
            (StatusCode::UNPROCESSABLE_ENTITY, axum::Json(message)).into_response();
        Some(Ok(refused))
    }
}

/// The call of a test: about some merge request.
fn prepare(
    state: &mut State,
    url: &str,
    call: &Call<'_>,
    (kind, id, hook, trigger): (&str, &str, &str, &str),
) -> Result<Outgoing, Refusal> {
    let caller = Caller::of(state, call.headers)?;
    caller.require_scope(call.method)?;
    let owner = match kind {
        "projects" => {
            let project = project(state, &caller, id)?;
            caller.require(state, project.id, super::Level::Admin)?;
            HookOwner::Project(project.id)
        }
        _ => {
            let group = groups::group(state, &caller, id)?;
            groups::require_owner(state, &caller, &group)?;
            HookOwner::Group(group.full_path)
        }
    };
    let hook = find(state, &owner, number(hook)?)?.clone();
    if trigger != "merge_requests_events" {
        state.violation(format!("a webhook is tested with {trigger}"));
    }
    let mut changes = state.changes.values();
    let Some(change) = changes.find(|change| is_in(state, &hook, change.repository)) else {
        return Err(Refusal::message(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Ensure the project has merge requests.",
        ));
    };
    let mut told = payload(state, url, change.repository, change.number, &Event::Opened);
    // A test is about nothing that happened.
    if let Some(attributes) = told.body["object_attributes"].as_object_mut() {
        attributes.remove("action");
    }
    Ok(call_of(state, url, &hook, &told, &uuid::Uuid::new_v4().to_string()))
}

fn is_in(state: &State, hook: &InstalledHook, repository: i64) -> bool {
    match &hook.owner {
        HookOwner::Project(id) => *id == repository,
        HookOwner::Group(path) => groups::below(state, path).any(|id| id == repository),
    }
}

fn call_of(
    state: &State,
    url: &str,
    hook: &InstalledHook,
    told: &Payload,
    event: &str,
) -> Outgoing {
    let body = told.body.to_string();
    let id = uuid::Uuid::new_v4().to_string();
    let headers = hook_headers(state, url, hook, (&told.event, event, &id), state.now(), &body);
    Outgoing { from: hook.id, url: hook.url.clone(), headers, body }
}

fn hook_headers(
    state: &State,
    url: &str,
    hook: &InstalledHook,
    (name, event, id): (&str, &str, &str),
    now: DateTime<Utc>,
    body: &str,
) -> HeaderMap {
    let agent = format!("GitLab/{}", state.gitlab.version);
    let mut set = vec![
        ("user-agent", agent),
        ("x-gitlab-event", name.to_owned()),
        ("x-gitlab-event-uuid", event.to_owned()),
        ("x-gitlab-webhook-uuid", uuid::Uuid::new_v4().to_string()),
        ("x-gitlab-instance", url.to_owned()),
    ];
    if since(state, 17, 4) {
        set.push(("idempotency-key", id.to_owned()));
    }
    set.extend(hook.token.clone().map(|token| ("x-gitlab-token", token)));
    if let Some(token) = hook.signing_token.as_ref().filter(|_| signs(state)) {
        let time = now.timestamp();
        let signature = standard_signature(token, id, time, body.as_bytes()).unwrap_or_default();
        set.push(("webhook-id", id.to_owned()));
        set.push(("webhook-timestamp", time.to_string()));
        set.push(("webhook-signature", signature));
    }
    as_headers(set)
}

fn as_headers(set: Vec<(&'static str, String)>) -> HeaderMap {
    let mut headers: HeaderMap = set
        .into_iter()
        .filter_map(|(name, value)| {
            Some((HeaderName::from_static(name), HeaderValue::from_str(&value).ok()?))
        })
        .collect();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers
}

/// The same, to the external status checks of a project: with the body's own signature, and without any id.
fn checks(state: &State, repository: i64, told: &Payload) -> Vec<Outgoing> {
    let own = state.gitlab.external_checks.iter().filter(|check| check.repository == repository);
    own.map(|check| {
        let mut body = told.body.clone();
        body["external_approval_rule"] = json!({
            "id": check.id,
            "name": check.name,
            "external_url": check.external_url,
        });
        if let Some(attributes) = body["object_attributes"].as_object_mut() {
            attributes.remove("action");
        }
        let body = body.to_string();
        let mut set = vec![("user-agent", format!("GitLab/{}", state.gitlab.version))];
        let secret = check.shared_secret.as_ref();
        set.extend(secret.map(|it| ("x-gitlab-signature", body_signature(it, body.as_bytes()))));
        Outgoing { from: check.id, url: check.external_url.clone(), headers: as_headers(set), body }
    })
    .collect()
}

async fn post(call: &Outgoing) -> Result<(u16, String), reqwest::Error> {
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build()?;
    let request = client.post(&call.url).headers(call.headers.clone()).body(call.body.clone());
    let response = request.send().await?;
    let status = response.status().as_u16();
    Ok((status, response.text().await?))
}
