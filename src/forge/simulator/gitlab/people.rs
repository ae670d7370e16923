//! Users, members, tokens, and which GitLab it is.

use axum::response::Response;
use serde_json::{Value, json};

use super::super::model::{Level, Repository, State};
use super::auth::{Caller, level_of};
use super::call::Call;
use super::render::user_json;
use super::reply::{Answer, Refusal, ok};

pub(super) fn version(state: &State) -> Response {
    ok(json!({ "version": state.gitlab.version, "revision": "5ca1ab1e", "enterprise": true }))
}

pub(super) fn user(state: &State, call: &Call<'_>, caller: &Caller) -> Answer {
    let mut user = user_json(state, &call.host, Some(&caller.login));
    user["bot"] = json!(state.people.get(&caller.login).is_some_and(|person| person.bot));
    Ok(ok(user))
}

/// `GET /users?username=`
pub(super) fn users(state: &State, call: &Call<'_>) -> Answer {
    let asked = call.text("username").unwrap_or_default();
    let found = state.people.values().filter(|person| person.login.eq_ignore_ascii_case(&asked));
    let all: Vec<_> =
        found.map(|person| user_json(state, &call.host, Some(&person.login))).collect();
    Ok(ok(json!(all)))
}

pub(super) fn user_by_id(state: &State, call: &Call<'_>, id: &str) -> Answer {
    let found = state.people.values().find(|person| person.id.to_string() == id);
    let found = found.ok_or_else(|| Refusal::not_found("User"))?;
    Ok(ok(user_json(state, &call.host, Some(&found.login))))
}

pub(super) fn token(state: &State, caller: &Caller) -> Answer {
    let token = &caller.token;
    if token.oauth {
        return Err(Refusal::not_found(""));
    }
    Ok(ok(json!({
        "id": token.id,
        "name": "review",
        "scopes": token.scopes,
        "active": true,
        "revoked": token.revoked,
        "expires_at": token.expires_at.map(|day| day.to_string()),
        "user_id": state.people.get(&caller.login).map(|person| person.id),
    })))
}

/// `GET /projects/:id/members/all/:user_id`
pub(super) fn member(state: &State, call: &Call<'_>, project: &Repository, user: i64) -> Answer {
    let person = state.people.values().find(|person| person.id == user);
    let level = person.and_then(|person| {
        let own = person.access.get(&project.id).copied();
        own.or_else(|| level_of(state, &person.login, project.id).filter(|_| person.bot))
    });
    let (Some(person), Some(level)) = (person, level) else {
        return Err(Refusal::not_found(""));
    };
    let mut member: Value = user_json(state, &call.host, Some(&person.login));
    member["access_level"] = json!(access_level(level));
    Ok(ok(member))
}

pub(super) fn access_level(level: Level) -> u32 {
    match level {
        Level::Read => 20,
        Level::Write => 30,
        Level::Admin => 40,
    }
}
