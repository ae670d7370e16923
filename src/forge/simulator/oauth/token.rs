//! Where a code, or a refresh token, becomes an access token.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State as AxumState;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::super::Simulator;
use super::super::model::State;
use super::{CLIENT_SECRET, Like, Token};

pub(super) async fn give(
    like: Like,
    AxumState(simulator): AxumState<Simulator>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let sent: BTreeMap<String, String> = url::form_urlencoded::parse(&body).into_owned().collect();
    let json = headers.get(header::ACCEPT).is_some_and(|accept| accept == "application/json");
    let mut state = simulator.state();
    if like == Like::GitHub && !json {
        state.violation("GitHub answers a form unless JSON is asked for");
    }
    match answer(like, &mut state, &sent) {
        Ok(token) => Json(token).into_response(),
        Err((error, description)) => {
            let status = match (like, error) {
                (Like::GitHub, _) => StatusCode::OK,
                (_, "invalid_client") => StatusCode::UNAUTHORIZED,
                _ => StatusCode::BAD_REQUEST,
            };
            let body = json!({ "error": error, "error_description": description });
            (status, Json(body)).into_response()
        }
    }
}

type Refusal = (&'static str, &'static str);

fn answer(
    like: Like,
    state: &mut State,
    sent: &BTreeMap<String, String>,
) -> Result<Value, Refusal> {
    let of = |name: &str| sent.get(name).map_or("", String::as_str);
    let (bad_client, bad_code, bad_refresh) = match like {
        Like::GitHub => {
            ("incorrect_client_credentials", "bad_verification_code", "bad_refresh_token")
        }
        Like::GitLab => ("invalid_client", "invalid_grant", "invalid_grant"),
    };
    if of("client_id") != like.client_id() || of("client_secret") != CLIENT_SECRET {
        return Err((bad_client, "The client_id and/or client_secret passed are incorrect."));
    }
    let login = match of("grant_type") {
        "authorization_code" => {
            let refuse = (bad_code, "The code passed is incorrect or expired.");
            let code = state.oauth.codes.remove(of("code")).ok_or(refuse)?;
            if code.until <= state.now() || code.redirect_uri != of("redirect_uri") {
                return Err(refuse);
            }
            let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(of("code_verifier")));
            if code.challenge.is_some_and(|challenge| challenge != digest) {
                return Err((bad_code, "The code_verifier does not match the code_challenge."));
            }
            code.login
        }
        "refresh_token" => {
            let refuse = (bad_refresh, "The refresh token passed is incorrect or expired.");
            state.oauth.refresh.remove(of("refresh_token")).ok_or(refuse)?
        }
        _ => return Err(("unsupported_grant_type", "The grant_type is not supported.")),
    };
    Ok(grant(like, state, login))
}

fn grant(like: Like, state: &mut State, login: String) -> Value {
    let id = state.next_id();
    let life = state.oauth.token_life;
    let until = state.now() + life;
    let (token, refresh) = match like {
        Like::GitHub => (format!("ghu_{id:036x}"), format!("ghr_{id:036x}")),
        Like::GitLab => (format!("{id:064x}"), format!("{:064x}", id + 1)),
    };
    state.oauth.given += 1;
    state.oauth.tokens.insert(token.clone(), Token { login: login.clone(), until });
    state.oauth.refresh.insert(refresh.clone(), login);
    let mut answer = json!({
        "access_token": token,
        "token_type": "bearer",
        "scope": if like == Like::GitHub { "" } else { "read_api" },
        "expires_in": life.num_seconds(),
        "refresh_token": refresh,
    });
    match like {
        Like::GitHub => answer["refresh_token_expires_in"] = json!(15_897_600),
        Like::GitLab => answer["created_at"] = json!(state.now().timestamp()),
    }
    answer
}
