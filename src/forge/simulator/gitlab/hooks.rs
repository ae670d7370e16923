//! Webhooks of projects and groups.

use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use super::super::model::State;
use super::call::Call;
use super::render::time;
use super::reply::{Answer, Refusal, created, no_content, ok, page};

/// What a webhook hears of unless it is told otherwise.
const EVENTS: [(&str, bool); 14] = [
    ("push_events", true),
    ("issues_events", false),
    ("confidential_issues_events", false),
    ("merge_requests_events", false),
    ("tag_push_events", false),
    ("note_events", false),
    ("confidential_note_events", false),
    ("job_events", false),
    ("pipeline_events", false),
    ("wiki_page_events", false),
    ("deployment_events", false),
    ("feature_flag_events", false),
    ("releases_events", false),
    ("emoji_events", false),
];
/// What else can be set.
const OTHERS: [&str; 10] = [
    "url",
    "name",
    "description",
    "enable_ssl_verification",
    "token",
    "signing_token",
    "push_events_branch_filter",
    "branch_filter_strategy",
    "custom_webhook_template",
    "custom_headers",
];

/// Where a webhook is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookOwner {
    /// In the project of this number.
    Project(i64),
    /// In the group of this path, for all projects below it.
    Group(String),
}

/// A webhook.
#[derive(Debug, Clone)]
pub struct InstalledHook {
    /// Number of it.
    pub id: i64,
    /// Where it is.
    pub owner: HookOwner,
    /// What it calls.
    pub url: String,
    /// Sent along in clear text.
    pub token: Option<String>,
    /// Signs its calls.
    pub signing_token: Option<String>,
    /// What else was set, by name.
    pub settings: Map<String, Value>,
    /// How many calls failed in a row.
    pub failures: u32,
    /// Until when it is switched off.
    pub disabled_until: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl InstalledHook {
    /// Whether it is called at all: four failures in a row switch it off for a while, forty for good.
    pub fn alert_status(&self, now: DateTime<Utc>) -> &'static str {
        match self.disabled_until {
            _ if self.failures >= 40 => "disabled",
            Some(until) if until > now => "temporarily_disabled",
            _ => "executable",
        }
    }

    /// Notes how a call ended.
    pub(super) fn called(&mut self, accepted: bool, now: DateTime<Utc>) {
        if accepted {
            (self.failures, self.disabled_until) = (0, None);
            return;
        }
        self.failures += 1;
        let minutes = 1_i64 << self.failures.saturating_sub(4).min(10);
        self.disabled_until = (self.failures >= 4).then(|| now + TimeDelta::minutes(minutes));
    }

    pub(super) fn hears(&self, event: &str) -> bool {
        self.settings.get(event) == Some(&Value::Bool(true))
    }
}

/// Whether this GitLab knows signing tokens.
pub(super) fn signs(state: &State) -> bool {
    since(state, 19, 0)
}

/// Whether it is this version or a later one.
pub(super) fn since(state: &State, major: u32, minor: u32) -> bool {
    let mut parts = state.gitlab.version.split('.').map(|part| part.parse().unwrap_or(0));
    let version: (u32, u32) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    version >= (major, minor)
}

fn hook_json(state: &State, hook: &InstalledHook) -> Value {
    let mut shown = json!({
        "id": hook.id,
        "url": hook.url,
        "created_at": time(hook.created_at),
        "alert_status": hook.alert_status(state.now()),
        "disabled_until": hook.disabled_until.map(time),
        "repository_update_events": false,
        "url_variables": [],
        "custom_headers": [],
    });
    for (name, value) in &hook.settings {
        shown[name] = value.clone();
    }
    match &hook.owner {
        HookOwner::Project(id) => shown["project_id"] = json!(id),
        HookOwner::Group(path) => shown["group_id"] = json!(state.gitlab.groups.get(path)),
    }
    if signs(state) {
        shown["token_present"] = json!(hook.token.is_some());
        shown["signing_token_present"] = json!(hook.signing_token.is_some());
    }
    shown
}

/// What is below `/projects/:id/hooks` and `/groups/:id/hooks`, except tests.
pub(super) fn answer(
    state: &mut State,
    call: &Call<'_>,
    owner: HookOwner,
    path: &[&str],
) -> Answer {
    let number = |text: &str| super::number(text);
    match (call.method, path) {
        ("GET", []) => Ok(list(state, call, &owner)),
        ("POST", []) => create(state, call, owner),
        ("GET", [id]) => Ok(ok(hook_json(state, find(state, &owner, number(id)?)?))),
        ("PUT", [id]) => change(state, call, &owner, number(id)?),
        ("DELETE", [id]) => {
            let id = find(state, &owner, number(id)?)?.id;
            state.gitlab.hooks.retain(|hook| hook.id != id);
            Ok(no_content())
        }
        _ => super::unknown(state, call),
    }
}

fn list(state: &State, call: &Call<'_>, owner: &HookOwner) -> Response {
    let own = state.gitlab.hooks.iter().filter(|hook| hook.owner == *owner);
    let own: Vec<Value> = own.map(|hook| hook_json(state, hook)).collect();
    page(call, &own)
}

pub(super) fn find<'s>(
    state: &'s State,
    owner: &HookOwner,
    id: i64,
) -> Result<&'s InstalledHook, Refusal> {
    let found = state.gitlab.hooks.iter().find(|hook| hook.id == id && hook.owner == *owner);
    found.ok_or_else(|| Refusal::not_found(""))
}

fn create(state: &mut State, call: &Call<'_>, owner: HookOwner) -> Answer {
    let mut hook = InstalledHook {
        id: state.next_id(),
        owner,
        url: String::new(),
        token: None,
        signing_token: None,
        settings: EVENTS.map(|(name, on)| (name.to_owned(), json!(on))).into_iter().collect(),
        failures: 0,
        disabled_until: None,
        created_at: state.now(),
    };
    hook.settings.insert("enable_ssl_verification".to_owned(), json!(true));
    set(state, call, &mut hook)?;
    let shown = hook_json(state, &hook);
    state.gitlab.hooks.push(hook);
    Ok(created(shown))
}

fn change(state: &mut State, call: &Call<'_>, owner: &HookOwner, id: i64) -> Answer {
    let mut hook = find(state, owner, id)?.clone();
    set(state, call, &mut hook)?;
    let shown = hook_json(state, &hook);
    if let Some(own) = state.gitlab.hooks.iter_mut().find(|own| own.id == id) {
        *own = hook;
    }
    Ok(ok(shown))
}

fn set(state: &mut State, call: &Call<'_>, hook: &mut InstalledHook) -> Result<(), Refusal> {
    let url = call.required("url")?;
    let web = url.starts_with("http://") || url.starts_with("https://");
    if !web || url.contains(char::is_whitespace) {
        return Err(Refusal::error(422, "Invalid url given"));
    }
    if url != hook.url {
        hook.token = None;
    }
    hook.url = url;
    for name in call.names() {
        let event = EVENTS.iter().any(|(event, _)| *event == name);
        match name.as_str() {
            "url" | "per_page" => {}
            "token" => hook.token = call.text("token").filter(|token| !token.is_empty()),
            "signing_token" => {
                let token = call.text("signing_token").filter(|token| !token.is_empty());
                check_signing_token(state, token.as_deref())?;
                if signs(state) {
                    hook.signing_token = token;
                }
            }
            name if event || name == "enable_ssl_verification" => {
                let on = call.boolean(name)?;
                hook.settings.insert(name.to_owned(), json!(on.unwrap_or_default()));
            }
            name if OTHERS.contains(&name) => {
                let value = call.value(name).cloned().unwrap_or(Value::Null);
                hook.settings.insert(name.to_owned(), value);
            }
            other => state.violation(format!("a webhook has no {other}")),
        }
    }
    Ok(())
}

/// `whsec_` and 32 bytes as base64.
fn check_signing_token(state: &State, token: Option<&str>) -> Result<(), Refusal> {
    use base64::Engine;
    let Some(token) = token.filter(|_| signs(state)) else { return Ok(()) };
    let key = token.strip_prefix("whsec_");
    let key = key.and_then(|key| base64::engine::general_purpose::STANDARD.decode(key).ok());
    if key.is_some_and(|key| key.len() == 32) {
        return Ok(());
    }
    let text = json!({ "signing_token": ["must be whsec_ and 32 bytes as base64"] });
    Err(Refusal::message(StatusCode::UNPROCESSABLE_ENTITY, text))
}
