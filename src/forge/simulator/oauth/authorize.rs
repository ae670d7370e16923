//! The page on which a person lets a client act for them.

use std::collections::BTreeMap;
use std::fmt::Write;

use axum::extract::{Query, State as AxumState};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::TimeDelta;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use super::super::Simulator;
use super::super::model::State;
use super::{Code, Like};

/// How long a code lives.
const CODE_LIFE: TimeDelta = TimeDelta::minutes(10);

pub(super) async fn show(
    like: Like,
    AxumState(simulator): AxumState<Simulator>,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Response {
    let mut state = simulator.state();
    match decide(like, &mut state, &asked) {
        Ok(answer) => answer,
        Err(problem) => (StatusCode::BAD_REQUEST, problem).into_response(),
    }
}

fn decide(
    like: Like,
    state: &mut State,
    asked: &BTreeMap<String, String>,
) -> Result<Response, &'static str> {
    let of = |name: &str| asked.get(name).map(String::as_str);
    if of("client_id") != Some(like.client_id()) {
        return Err("there is no such client");
    }
    let redirect = of("redirect_uri").unwrap_or_default();
    if !state.oauth.callbacks.iter().any(|callback| callback == redirect) {
        return Err("the redirect_uri is not associated with this application");
    }
    let mut back = Url::parse(redirect).map_err(|_| "the redirect_uri is no address")?;
    if of("response_type") != Some("code") {
        return Err("the response_type is not code");
    }
    if like == Like::GitLab && of("scope") != Some("read_api") {
        return Err("the requested scope is invalid, unknown, or malformed");
    }
    let challenge = of("code_challenge").map(str::to_owned);
    if challenge.is_some() && of("code_challenge_method") != Some("S256") {
        return Err("the code_challenge_method is not S256");
    }
    let sent = of("state").unwrap_or_default();
    if state.oauth.denies {
        back.query_pairs_mut()
            .append_pair("error", "access_denied")
            .append_pair("error_description", "The user has denied your application access.")
            .append_pair("state", sent);
        return Ok(Redirect::to(back.as_str()).into_response());
    }
    let Some(login) = state.oauth.visitor.clone().or_else(|| asked.get("as").cloned()) else {
        return Ok(choose(state, asked).into_response());
    };
    if !state.people.contains_key(&login) {
        return Err("there is nobody of that login");
    }
    let code = format!("code{:016x}", state.next_id());
    let until = state.now() + CODE_LIFE;
    let kept = Code { login, redirect_uri: redirect.to_owned(), challenge, until };
    state.oauth.codes.insert(code.clone(), kept);
    back.query_pairs_mut().append_pair("code", &code).append_pair("state", sent);
    Ok(Redirect::to(back.as_str()).into_response())
}

/// A page that asks who sits there.
fn choose(state: &State, asked: &BTreeMap<String, String>) -> Html<String> {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let query: Vec<_> =
        asked.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    let query = query.join("&amp;");
    let mut page =
        "<!doctype html><html lang=\"en\"><title>Sign in</title><h1>Who are you?</h1><ul>"
            .to_owned();
    for person in state.people.values().filter(|person| !person.bot) {
        let login = &person.login;
        let _ = write!(page, "<li><a href=\"?{query}&amp;as={}\">{login}</a></li>", encode(login));
    }
    page.push_str("</ul></html>");
    Html(page)
}
