//! Apps that are made from a manifest: the page that a person confirms, and the exchange of its code.

use std::collections::BTreeMap;

use axum::extract::{Path, RawQuery, State as AxumState};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use url::Url;

use super::super::model::State;
use super::super::{APP_CLIENT_ID, APP_ID, APP_PRIVATE_KEY, Simulator, WEBHOOK_SECRET};
use super::app::app_json;
use super::call::{Call, Fields};
use super::render::{Render, node_id};
use super::reply::{Answer, Query, Refusal, created};

/// How long a code is good.
const LONGEST: TimeDelta = TimeDelta::hours(1);

/// An App that a person confirmed, until its code is exchanged.
#[derive(Debug, Clone)]
pub struct Confirmed {
    /// What it was made from.
    pub manifest: Value,
    /// The organization that owns it, if it isn't a person's.
    pub organization: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// `POST /settings/apps/new`: the person confirms at once, and is sent back.
pub(super) async fn confirm_own(
    AxumState(simulator): AxumState<Simulator>,
    RawQuery(query): RawQuery,
    body: String,
) -> Response {
    confirm(&mut simulator.state(), query.as_deref(), &body, None)
}

/// `POST /organizations/{organization}/settings/apps/new`
pub(super) async fn confirm_of(
    AxumState(simulator): AxumState<Simulator>,
    Path(organization): Path<String>,
    RawQuery(query): RawQuery,
    body: String,
) -> Response {
    confirm(&mut simulator.state(), query.as_deref(), &body, Some(organization))
}

fn confirm(
    state: &mut State,
    query: Option<&str>,
    body: &str,
    organization: Option<String>,
) -> Response {
    let field = url::form_urlencoded::parse(body.as_bytes()).find(|(name, _)| name == "manifest");
    let manifest = field.map(|(_, text)| text.into_owned()).unwrap_or_default();
    let (manifest, mut back) = match read(&manifest) {
        Ok(read) => read,
        Err(problem) => {
            // A person would see a page that says so.
            state.violation(format!("the manifest of an App: {problem}"));
            return (StatusCode::UNPROCESSABLE_ENTITY, problem).into_response();
        }
    };
    let code = format!("{:040x}", state.next_id());
    back.query_pairs_mut().append_pair("code", &code);
    if let Some(given) = Query::of(query).get("state") {
        back.query_pairs_mut().append_pair("state", given);
    }
    let at = state.now();
    state.github.confirmed.insert(code, Confirmed { manifest, organization, at });
    (StatusCode::FOUND, [(header::LOCATION, String::from(back))]).into_response()
}

/// The manifest, and where it leads back to.
fn read(text: &str) -> Result<(Value, Url), String> {
    let manifest: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let fields = Fields::of(&manifest).map_err(|refusal| refusal.message)?;
    let back = check(&fields).map_err(|refusal| refusal.message)?;
    Ok((manifest, back))
}

const KNOWN: [&str; 12] = [
    "name",
    "url",
    "hook_attributes",
    "redirect_url",
    "callback_urls",
    "setup_url",
    "description",
    "public",
    "default_events",
    "default_permissions",
    "request_oauth_on_install",
    "setup_on_update",
];

/// Permissions as GitHub knows them; of all others the service has no use.
const PERMISSIONS: [&str; 9] = [
    "metadata",
    "contents",
    "pull_requests",
    "checks",
    "issues",
    "statuses",
    "merge_queues",
    "members",
    "actions",
];

/// Events, each with the permissions of which it needs one.
const EVENTS: [(&str, &[&str]); 11] = [
    ("pull_request", &["pull_requests"]),
    ("pull_request_review", &["pull_requests"]),
    ("pull_request_review_comment", &["pull_requests"]),
    ("pull_request_review_thread", &["pull_requests"]),
    ("issue_comment", &["issues", "pull_requests"]),
    ("issues", &["issues"]),
    ("check_run", &["checks"]),
    ("check_suite", &["checks"]),
    ("push", &["contents"]),
    ("merge_group", &["merge_queues"]),
    ("repository", &["metadata"]),
];

fn check(fields: &Fields) -> Result<Url, Refusal> {
    fields.only(&KNOWN)?;
    absolute("url", fields.required("url")?)?;
    let hook = fields.object("hook_attributes")?;
    let hook = hook.ok_or_else(|| Refusal::schema("\"hook_attributes\" wasn't supplied."))?;
    hook.only(&["url", "active"])?;
    absolute("hook_attributes.url", hook.required("url")?)?;
    if fields.text("name")?.is_some_and(|name| name.is_empty() || name.chars().count() > 34) {
        return Err(Refusal::schema("Name is too long or empty."));
    }
    let permissions = fields.list_of_pairs("default_permissions")?.unwrap_or_default();
    for (name, level) in &permissions {
        let known = PERMISSIONS.contains(&name.as_str());
        let fits = level == "read" || (level == "write" && name != "metadata");
        if !known || !fits {
            return Err(Refusal::schema(format!("{name}: {level} is no permission.")));
        }
    }
    for event in fields.list("default_events")?.into_iter().flatten() {
        let known = EVENTS.iter().find(|(name, _)| event.as_str() == Some(name));
        let (_, needs) = known.ok_or_else(|| Refusal::schema(format!("{event} is no event.")))?;
        if !permissions.iter().any(|(name, _)| needs.contains(&name.as_str())) {
            return Err(Refusal::schema(format!("{event} needs one of {needs:?}.")));
        }
    }
    absolute("redirect_url", fields.required("redirect_url")?)
}

fn absolute(field: &str, text: &str) -> Result<Url, Refusal> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.ok_or_else(|| Refusal::schema(format!("{field} must be a full URL.")))
}

/// `POST /app-manifests/{code}/conversions`: the App has its name and permissions from then on.
pub(super) fn convert(state: &mut State, call: &Call<'_>, code: &str) -> Answer {
    let confirmed = state.github.confirmed.remove(code).ok_or_else(Refusal::not_found)?;
    if confirmed.at + LONGEST <= state.now() {
        return Err(Refusal::not_found());
    }
    let name = confirmed.manifest["name"].as_str().unwrap_or("Chosen there").to_owned();
    state.name_app(&slug(&name));
    let permissions: BTreeMap<String, String> =
        serde_json::from_value(confirmed.manifest["default_permissions"].clone())
            .unwrap_or_default();
    for installation in state.installations.values_mut() {
        installation.permissions.clone_from(&permissions);
    }
    let api = format!("{}{}", call.host, call.base);
    let render = Render { state, host: &call.host, api: &api };
    let mut app = app_json(render);
    app["name"] = json!(name);
    app["owner"] = render.user(confirmed.organization.as_deref().unwrap_or("ann"));
    app["node_id"] = json!(node_id("A", APP_ID));
    app["permissions"] = json!(permissions);
    app["events"] = confirmed.manifest["default_events"].clone();
    app["client_id"] = json!(APP_CLIENT_ID);
    app["client_secret"] = json!("simulated-client-secret");
    app["webhook_secret"] = json!(WEBHOOK_SECRET);
    app["pem"] = json!(APP_PRIVATE_KEY);
    Ok(created(app))
}

/// The name as it stands in addresses and logins.
fn slug(name: &str) -> String {
    let dashed = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
    name.to_ascii_lowercase().chars().map(dashed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Value {
        json!({
            "url": "https://bot.example",
            "hook_attributes": { "url": "https://bot.example/webhooks/github" },
            "redirect_url": "http://127.0.0.1:1/created",
            "default_permissions": { "metadata": "read", "pull_requests": "write" },
            "default_events": ["pull_request"],
        })
    }

    #[test]
    fn manifests_are_read_strictly() {
        assert!(read(&manifest().to_string()).is_ok());
        for (pointer, value, complaint) in [
            ("/url", json!("bot.example"), "url must be"),
            ("/hook_attributes", json!({}), "\"url\" wasn't"),
            ("/hook_attributes/url", json!("/hook"), "hook_attributes.url must be"),
            ("/default_permissions/pull_requests", json!("admin"), "no permission"),
            ("/default_permissions/metadata", json!("write"), "no permission"),
            ("/default_permissions", json!({ "pulls": "read" }), "no permission"),
            ("/default_events", json!(["pull_requests"]), "no event"),
            ("/default_events", json!(["check_run"]), "needs one of"),
            ("/redirect_url", json!("created"), "redirect_url must be"),
        ] {
            let mut manifest = manifest();
            *manifest.pointer_mut(pointer).expect("it is there") = value;
            let refused = read(&manifest.to_string()).expect_err(pointer);
            assert!(refused.contains(complaint), "{pointer}: {refused}");
        }
        let mut more = manifest();
        more["webhook"] = json!("https://bot.example");
        assert!(read(&more.to_string()).is_err() && read("{").is_err());
    }
}
