//! The App's own endpoints: who it is, its installations, their tokens.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::super::model::{Installation, State};
use super::super::{APP_CLIENT_ID, APP_ID};
use super::auth::Token;
use super::call::{Call, Fields};
use super::render::{Render, SINCE, node_id, time};
use super::reply::{Answer, Page, Refusal, created, ok};

pub(super) fn app(state: &State, call: &Call<'_>) -> Answer {
    let api = format!("{}{}", call.host, call.base);
    Ok(ok(app_json(Render { state, host: &call.host, api: &api })))
}

/// The App as checks name it too.
pub(super) fn app_json(render: Render<'_>) -> Value {
    let (host, slug) = (render.host, &render.state.github.slug);
    json!({
        "id": APP_ID,
        "slug": slug,
        "client_id": APP_CLIENT_ID,
        "node_id": node_id("A", APP_ID),
        "name": slug,
        "owner": render.user("acme"),
        "description": null,
        "external_url": host,
        "created_at": SINCE,
        "updated_at": SINCE,
        "html_url": format!("{host}/apps/{slug}"),
        "permissions": render.state.github.permissions,
        "events": render.state.github.events,
    })
}

pub(super) fn installations(state: &State, call: &Call<'_>) -> Answer {
    let all: Vec<Value> =
        state.installations.values().map(|one| answer_json(state, call, one)).collect();
    let page = Page::of(&call.query, &call.url(), all.len());
    let shown = json!(all[page.range.clone()]);
    Ok(page.answer(shown))
}

pub(super) fn installation(state: &State, call: &Call<'_>, id: i64) -> Answer {
    let installation = state.installations.get(&id).ok_or_else(Refusal::not_found)?;
    Ok(ok(answer_json(state, call, installation)))
}

/// `GET /repos/{owner}/{name}/installation`
pub(super) fn installation_of(state: &State, call: &Call<'_>, repository: i64) -> Answer {
    let mut all = state.installations.values();
    let installation = all.find(|installation| installation.reaches(repository));
    Ok(ok(answer_json(state, call, installation.ok_or_else(Refusal::not_found)?)))
}

fn answer_json(state: &State, call: &Call<'_>, installation: &Installation) -> Value {
    let api = format!("{}{}", call.host, call.base);
    installation_json(Render { state, host: &call.host, api: &api }, installation)
}

/// An installation as answers and deliveries have it.
pub(super) fn installation_json(render: Render<'_>, installation: &Installation) -> Value {
    let id = installation.id;
    let mut reached = render.state.repositories.values().filter(|it| installation.reaches(it.id));
    let owner = reached.next().and_then(|repository| repository.full_name.split('/').next());
    let account = render.user(owner.unwrap_or("nobody"));
    json!({
        "id": id,
        "target_id": account["id"],
        "account": account,
        "app_id": installation.app_id,
        "app_slug": render.state.github.slug,
        "client_id": APP_CLIENT_ID,
        "target_type": "Organization",
        "repository_selection": selection(installation.repositories.as_ref()),
        "permissions": installation.permissions,
        "events": ["pull_request"],
        "access_tokens_url": format!("{}/app/installations/{id}/access_tokens", render.api),
        "repositories_url": format!("{}/installation/repositories", render.api),
        "html_url": format!("{}/settings/installations/{id}", render.host),
        "single_file_name": null,
        "created_at": SINCE,
        "updated_at": SINCE,
        "suspended_at": installation.suspended.then_some(SINCE),
        "suspended_by": installation.suspended.then(|| render.user(owner.unwrap_or("nobody"))),
    })
}

fn selection(repositories: Option<&BTreeSet<i64>>) -> &'static str {
    if repositories.is_some() { "selected" } else { "all" }
}

/// `POST /app/installations/{id}/access_tokens`
pub(super) fn access_token(state: &mut State, call: &Call<'_>, id: i64) -> Answer {
    let installation = state.installations.get(&id).ok_or_else(Refusal::not_found)?;
    if installation.suspended {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "This installation has been suspended"));
    }
    let fields = call.object()?;
    let token = Token {
        installation: id,
        expires_at: state.now() + state.github.token_life,
        repositories: wanted_repositories(state, installation, &fields)?,
        permissions: wanted_permissions(installation, &fields)?,
    };
    let secret = opaque(state.next_id());
    let render = Render { state, host: &call.host, api: &format!("{}{}", call.host, call.base) };
    let mut answer = json!({
        "token": secret,
        "expires_at": time(token.expires_at),
        "permissions": token.permissions,
        "repository_selection": selection(token.repositories.as_ref()),
    });
    if let Some(some) = &token.repositories {
        let some: Vec<Value> =
            some.iter().map(|id| render.repository(&state.repositories[id])).collect();
        answer["repositories"] = json!(some);
    }
    state.github.issued.insert(secret.clone(), id);
    state.github.tokens.insert(secret, token);
    Ok(created(answer))
}

fn wanted_repositories(
    state: &State,
    installation: &Installation,
    fields: &Fields,
) -> Result<Option<BTreeSet<i64>>, Refusal> {
    let names = fields.list("repositories")?;
    let ids = fields.list("repository_ids")?;
    if names.is_none() && ids.is_none() {
        return Ok(installation.repositories.clone());
    }
    let ungranted = || {
        Refusal::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "There is at least one repository that does not exist or is not accessible to the parent installation.",
        )
    };
    let mut wanted = BTreeSet::new();
    for id in ids.into_iter().flatten() {
        let id = id.as_i64().filter(|id| state.repositories.contains_key(id));
        wanted.insert(id.ok_or_else(ungranted)?);
    }
    for name in names.into_iter().flatten() {
        let name = name.as_str().ok_or_else(ungranted)?;
        let found = state.repositories.values().find(|repository| {
            installation.reaches(repository.id)
                && repository.full_name.rsplit('/').next() == Some(name)
        });
        wanted.insert(found.ok_or_else(ungranted)?.id);
    }
    let granted = wanted.iter().all(|id| installation.reaches(*id));
    if granted { Ok(Some(wanted)) } else { Err(ungranted()) }
}

fn wanted_permissions(
    installation: &Installation,
    fields: &Fields,
) -> Result<std::collections::BTreeMap<String, String>, Refusal> {
    let Some(wanted) = fields.list_of_pairs("permissions")? else {
        return Ok(installation.permissions.clone());
    };
    let granted = |name: &str, level: &str| {
        installation.permissions.get(name).is_some_and(|has| has == "write" || has == level)
    };
    match wanted.iter().find(|(name, level)| !granted(name, level)) {
        None => Ok(wanted.into_iter().collect()),
        Some(_) => Err(Refusal::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "The permissions requested are not granted to this installation.",
        )),
    }
}

/// `GET /installation/repositories`
pub(super) fn repositories(state: &State, call: &Call<'_>, token: &Token) -> Answer {
    let api = format!("{}{}", call.host, call.base);
    let render = Render { state, host: &call.host, api: &api };
    let all: Vec<Value> = state
        .repositories
        .values()
        .filter(|repository| token.reaches(state, repository.id))
        .map(|repository| render.repository(repository))
        .collect();
    let page = Page::of(&call.query, &call.url(), all.len());
    let body = json!({ "total_count": all.len(), "repositories": all[page.range.clone()] });
    Ok(page.answer(body))
}

/// A token in the long form that is issued since April 2026: about 520 characters with `.`, `-` and `_`.
fn opaque(id: i64) -> String {
    let part = |salt: u8| {
        let mut digest = Sha256::new();
        digest.update([salt]);
        digest.update(id.to_be_bytes());
        URL_SAFE_NO_PAD.encode(digest.finalize())
    };
    let long: String = (3..13).map(part).collect();
    format!("ghs_{APP_ID}_{}.{long}-{}_", part(0), part(1))
}
