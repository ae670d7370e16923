//! Limits as a client has to obey them: who was told to wait is watched until the wait is over.

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};

use super::Fault;
use super::model::{Request, State};

/// Notes that somebody has to wait, if a fault says so. What the archives' own limits say holds for them alone.
pub(super) fn impose(state: &mut State, fault: &Fault, request: &Request) {
    if *fault == Fault::TokensExpired {
        state.github.tokens.clear();
    }
    let Some(seconds) = fault.wait() else { return };
    if request.path.starts_with("/codeload/") || request.path.ends_with("/archive.tar.gz") {
        return;
    }
    let wait = TimeDelta::seconds(i64::try_from(seconds).unwrap_or(i64::MAX / 2_000));
    let (until, account) = (state.now() + wait, account(state, request));
    let held = state.held.entry(account).or_insert(until);
    *held = until.max(*held);
}

/// Notes a request that comes before its wait is over.
pub(super) fn watch(state: &mut State, request: &Request) {
    if !state.watches_waits {
        return;
    }
    let (account, now) = (account(state, request), state.now());
    let minted = request.path.strip_suffix("/access_tokens");
    let minted = minted.and_then(|path| path.rsplit_once("/installations/"));
    let accounts = [Some(account), minted.map(|(_, id)| installation(id))];
    for account in accounts.into_iter().flatten() {
        let left = state.held.get(&account).map(|until| *until - now);
        if let Some(left) = left.filter(|left| *left > TimeDelta::zero()) {
            state.violation(format!(
                "{account} sent {} {} {} ms before it might",
                request.method,
                request.path,
                left.num_milliseconds()
            ));
        }
    }
}

/// Whose request it is: limits hold for an installation whatever token it uses, for the App itself, and for a user.
fn account(state: &State, request: &Request) -> String {
    let bearer = request.headers.get("authorization").and_then(|value| value.split_once(' '));
    let token = bearer.and_then(|(_, token)| state.github.known_token(token.trim()));
    match (token, bearer) {
        (Some(id), _) => installation(&id.to_string()),
        (None, Some(_)) => "the App".to_owned(),
        (None, None) => "the user".to_owned(),
    }
}

fn installation(id: &str) -> String {
    format!("installation {id}")
}

/// The answer with the headers of a primary limit that is used up, by the platform's own clock.
pub(super) fn used_up(mut response: Response, now: DateTime<Utc>, seconds: u64) -> Response {
    let reset = now.timestamp() + i64::try_from(seconds).unwrap_or_default();
    let headers = response.headers_mut();
    for (name, value) in [("limit", 5000), ("remaining", 0), ("used", 5000), ("reset", reset)] {
        if let Ok(name) = HeaderName::try_from(format!("x-ratelimit-{name}")) {
            headers.insert(name, value.into());
        }
    }
    dated(&mut response, now);
    response
}

/// Says what time it is by the platform's own clock.
pub(super) fn dated(response: &mut Response, now: DateTime<Utc>) {
    let date = now.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(date) = HeaderValue::from_str(&date) {
        response.headers_mut().insert(header::DATE, date);
    }
}
