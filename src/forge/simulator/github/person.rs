//! What a person who signed in is told: who they are, and which repositories both they and the App can read.

use serde_json::{Value, json};

use super::super::model::State;
use super::app::installation_json;
use super::auth::credential;
use super::call::Call;
use super::render::Render;
use super::reply::{Answer, Page, Refusal, ok};

/// Login of the person whose token it is.
fn caller(state: &State, call: &Call<'_>) -> Result<String, Refusal> {
    let token = credential(call.headers).unwrap_or_default();
    state.signed_in(token).map(str::to_owned).ok_or_else(Refusal::bad_credentials)
}

/// `GET /user`, `GET /user/installations`, `GET /user/installations/{id}/repositories`
pub(super) fn answer(state: &mut State, call: &Call<'_>, path: &[&str]) -> Answer {
    let login = caller(state, call)?;
    let api = format!("{}{}", call.host, call.base);
    let render = Render { state, host: &call.host, api: &api };
    match (call.method, path) {
        ("GET", []) => Ok(ok(render.user(&login))),
        ("GET", ["installations"]) => {
            let reach = state.installations.values().filter(|it| {
                !it.suspended
                    && state.people.get(&login).is_some_and(|person| {
                        person.access.keys().any(|repository| it.reaches(*repository))
                    })
            });
            let all: Vec<Value> = reach.map(|it| installation_json(render, it)).collect();
            let page = Page::of(&call.query, &call.url(), all.len());
            let body =
                json!({ "total_count": all.len(), "installations": all[page.range.clone()] });
            Ok(page.answer(body))
        }
        ("GET", ["installations", id, "repositories"]) => {
            let id: i64 = id.parse().map_err(|_| Refusal::not_found())?;
            let installation = state.installations.get(&id).ok_or_else(Refusal::not_found)?;
            let person = state.people.get(&login).ok_or_else(Refusal::not_found)?;
            let readable = state.repositories.values().filter(|repository| {
                installation.reaches(repository.id) && person.access.contains_key(&repository.id)
            });
            let all: Vec<Value> = readable.map(|it| render.repository(it)).collect();
            let page = Page::of(&call.query, &call.url(), all.len());
            let body = json!({ "total_count": all.len(), "repositories": all[page.range.clone()] });
            Ok(page.answer(body))
        }
        _ => super::unknown(state, call),
    }
}

/// `GET /repositories/{id}`: what everybody can read needs no access.
pub(super) fn repository(state: &mut State, call: &Call<'_>, id: i64) -> Answer {
    let login = caller(state, call)?;
    let api = format!("{}{}", call.host, call.base);
    let render = Render { state, host: &call.host, api: &api };
    let person = state.people.get(&login);
    let readable = state.repositories.get(&id).filter(|it| {
        !it.private || person.is_some_and(|person| person.access.contains_key(&it.id))
    });
    readable.map(|it| ok(render.repository(it))).ok_or_else(Refusal::not_found)
}
