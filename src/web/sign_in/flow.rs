//! The way through a provider: there, and back.

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use subtle::ConstantTimeEq;
use url::Url;

use super::cookies::{Begun, Cookies};
use super::{Back, SignIn, page, random_text, readable, token_hash};
use crate::forge::identity::{Grant, Identity, IdentityError};
use crate::store::{people, sessions};
use crate::web::{Web, WebError};

/// How long somebody may take at the provider.
const PATIENCE: TimeDelta = TimeDelta::minutes(10);
/// How long a session lasts. What its person can read is asked again and again meanwhile.
const SESSION: TimeDelta = TimeDelta::days(7);

/// Which page is wanted.
#[derive(Deserialize)]
pub(super) struct Wanted {
    to: Option<String>,
}

/// `GET /sign-in/{provider}`: sends the browser there.
pub(super) async fn begin(
    State(web): State<Web>,
    Path(name): Path<String>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let back = Back::to(wanted.to.as_deref());
    let Some(provider) = web.sign_in.provider(&name) else { return page::no_provider() };
    let begun = match provider.begin(&redirect(&web.sign_in, &name)?).await {
        Ok(begun) => begun,
        Err(error) => return page::problem(&web, &provider.title(), &error, &back),
    };
    let kept = Begun {
        provider: name,
        pending: begun.pending,
        back: back.as_str().to_owned(),
        until: (Utc::now() + PATIENCE).timestamp(),
    };
    let cookies = web.sign_in.cookies(&headers).begin(&kept);
    Ok((cookies.into_jar(), Redirect::to(begun.url.as_str())).into_response())
}

/// What the provider sends the browser back with.
#[derive(Deserialize)]
pub(super) struct Answer {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

/// `GET /sign-in/{provider}/callback`: takes the browser that comes back.
pub(super) async fn come_back(
    State(web): State<Web>,
    Path(name): Path<String>,
    Query(answer): Query<Answer>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let Some(provider) = web.sign_in.provider(&name) else { return page::no_provider() };
    let (title, now) = (provider.title(), Utc::now());
    let cookies = web.sign_in.cookies(&headers);
    let begun = cookies.begun(now.timestamp()).filter(|begun| begun.provider == name);
    let state = answer.state.unwrap_or_default();
    // Whoever was led here without having begun would be signed in as somebody else.
    let begun =
        begun.filter(|begun| bool::from(begun.pending.state.as_bytes().ct_eq(state.as_bytes())));
    let Some(begun) = begun else {
        let error = IdentityError::Untrusted(
            "this sign-in was not begun in this browser, or too long ago".to_owned(),
        );
        return page::problem(&web, &title, &error, &Back::to(None));
    };
    let back = Back::to(Some(&begun.back));
    let code = match (answer.code, answer.error) {
        (Some(code), None) => code,
        (_, error) => {
            let said = answer.error_description.or(error).unwrap_or_else(|| "no code".to_owned());
            return page::problem(&web, &title, &IdentityError::Refused(said), &back);
        }
    };
    let redirect = redirect(&web.sign_in, &name)?;
    match provider.finish(&redirect, &begun.pending, &code).await {
        Ok((identity, grant)) => {
            let by = SignedIn { provider: &name, identity: &identity, grant: grant.as_ref() };
            sign_in(&web, cookies, by, &back, now).await
        }
        Err(error) => page::problem(&web, &title, &error, &back),
    }
}

/// Where a provider sends browsers back to.
fn redirect(sign_in: &SignIn, name: &str) -> Result<Url, WebError> {
    let missing = || WebError::Internal("a provider without a public address".into());
    let base = sign_in.0.public_url.as_ref().ok_or_else(missing)?;
    let text = format!("{}/sign-in/{name}/callback", base.as_str().trim_end_matches('/'));
    Url::parse(&text).map_err(|error| WebError::Internal(error.into()))
}

/// Somebody who showed who they are.
pub(super) struct SignedIn<'a> {
    pub(super) provider: &'a str,
    pub(super) identity: &'a Identity,
    pub(super) grant: Option<&'a Grant>,
}

/// Begins a session.
pub(super) async fn sign_in(
    web: &Web,
    cookies: Cookies,
    by: SignedIn<'_>,
    back: &Back,
    now: DateTime<Utc>,
) -> Result<Response, WebError> {
    let Identity { subject, login } = by.identity;
    let sealed = by.grant.map(|grant| web.sign_in.0.keys.grants.seal(grant, subject));
    let token = random_text();
    let mut tx = web.store.begin().await?;
    let id =
        people::signed_in(&mut tx, by.provider, subject, login, sealed.as_deref(), now).await?;
    sessions::delete_expired(&mut tx, now).await?;
    sessions::begin(&mut tx, &token_hash(&token), id, now, now + SESSION).await?;
    let person = people::person(&mut tx, id).await?;
    tx.commit().await?;
    tracing::info!(provider = by.provider, login, "signed in");
    if let Some(person) = person.filter(|person| !web.sign_in.is_admin(person)) {
        // They wait anyway; the first page then has something to show. A page that misses it asks again.
        if let Err(error) = readable::ask(&web.sign_in, &web.store, &person).await {
            tracing::warn!(%error, provider = by.provider, login, "it is not known what they can read");
        }
    }
    Ok((cookies.sign_in(token).into_jar(), Redirect::to(back.as_str())).into_response())
}
