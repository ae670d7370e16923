//! Who calls, and what they may: by an access token, or by the cookie of somebody who signed in to the dashboard.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

use crate::store::Sees;
use crate::store::access_tokens::{self, AccessToken, Scope};
use crate::web::access_token::Text;
use crate::web::viewer::Viewer;
use crate::web::{Web, WebError};

/// What a page of ours sends with a call that changes something, so that no other site's page can make it.
const FORM_TOKEN: &str = "x-form-token";

/// Who calls.
pub(super) struct Caller {
    /// Whose repositories.
    pub(super) sees: Sees,
    /// Whether the service's own state is theirs to see and change.
    pub(super) is_admin: bool,
    /// What they may do.
    pub(super) scopes: Vec<Scope>,
    /// Their login.
    pub(super) login: Option<String>,
    /// The token that they sent.
    pub(super) token: Option<AccessToken>,
}

impl Caller {
    async fn of_token(web: &Web, text: &str) -> Result<Self, WebError> {
        if is_operators(web, text) {
            return Ok(Self {
                sees: Sees::All,
                is_admin: true,
                scopes: vec![Scope::Operations],
                login: None,
                token: None,
            });
        }
        const REFUSAL: WebError =
            WebError::Unauthenticated("the access token is unknown, revoked or over its time");
        let text = Text::parse(text).ok_or(REFUSAL)?;
        let now = Utc::now();
        let holder = {
            let mut tx = web.store.read().await?;
            access_tokens::by_hash(&mut tx, &text.hash(), now).await?
        };
        let holder = holder.ok_or(REFUSAL)?;
        note_use(web, &holder.token, now).await?;
        let (sees, is_admin) = web.sees_of(holder.person_id).await?.ok_or(REFUSAL)?;
        Ok(Self {
            sees,
            is_admin,
            scopes: holder.token.scopes.clone(),
            login: Some(holder.login),
            token: Some(holder.token),
        })
    }

    async fn of_viewer(parts: &mut Parts, web: &Web) -> Result<Self, WebError> {
        let viewer =
            <Viewer as OptionalFromRequestParts<Web>>::from_request_parts(parts, web).await?;
        const REFUSAL: WebError =
            WebError::Unauthenticated("send an access token as `Authorization: Bearer TOKEN`");
        let viewer = viewer.ok_or(REFUSAL)?;
        if !parts.method.is_safe() {
            // Where nobody signs in, nobody in particular has called.
            viewer.person.ok_or(REFUSAL)?;
            let given = parts.headers.get(FORM_TOKEN).and_then(|value| value.to_str().ok());
            viewer.check_form(given.unwrap_or_default())?;
        }
        Ok(Self {
            sees: viewer.sees,
            is_admin: viewer.is_admin,
            scopes: Scope::ALL.to_vec(),
            login: viewer.login,
            token: None,
        })
    }

    fn require(&self, scope: Scope) -> Result<(), WebError> {
        match self.scopes.contains(&scope) {
            true => Ok(()),
            false => Err(WebError::MissingScope(scope.as_str())),
        }
    }
}

/// Whether a request comes from who has the operator's token.
pub(in crate::web) fn is_operator(web: &Web, headers: &HeaderMap) -> Result<bool, WebError> {
    Ok(bearer(headers)?.is_some_and(|token| is_operators(web, token)))
}

/// Whether the text is the token that the service was started with for its operator.
fn is_operators(web: &Web, text: &str) -> bool {
    let token = web.settings.operator_token.as_ref().map(|token| token.expose_secret().as_bytes());
    token.is_some_and(|token| bool::from(token.ct_eq(text.as_bytes())))
}

async fn note_use(web: &Web, token: &AccessToken, now: DateTime<Utc>) -> Result<(), WebError> {
    if access_tokens::is_news(token, now) {
        let mut tx = web.store.begin().await?;
        access_tokens::used(&mut tx, token.id, now).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The token that was sent, if the caller proves itself with one.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, WebError> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let parts = value.to_str().ok().and_then(|value| value.split_once(' '));
    match parts {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim())),
        _ => Err(WebError::Unauthenticated("the header has to be `Authorization: Bearer TOKEN`")),
    }
}

impl FromRequestParts<Web> for Caller {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, WebError> {
        match bearer(&parts.headers)?.map(str::to_owned) {
            Some(token) => Self::of_token(web, &token).await,
            None => Self::of_viewer(parts, web).await,
        }
    }
}

/// A caller who may read.
pub(super) struct Reader(pub(super) Caller);

impl FromRequestParts<Web> for Reader {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, WebError> {
        let caller = Caller::from_request_parts(parts, web).await?;
        caller.require(Scope::Read)?;
        Ok(Self(caller))
    }
}

/// An admin who may see and change the service's own state, and their login.
pub(super) struct Operator(pub(super) Option<String>);

impl FromRequestParts<Web> for Operator {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, WebError> {
        let caller = Caller::from_request_parts(parts, web).await?;
        caller.require(Scope::Operations)?;
        match caller.is_admin {
            true => Ok(Self(caller.login)),
            false => Err(WebError::Forbidden("only admins may see and change the service's state")),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn tokens_are_sent_as_bearers() {
        let sent = |value: &'static str| {
            let value = HeaderValue::from_static(value);
            let headers = [(header::AUTHORIZATION, value)].into_iter().collect();
            bearer(&headers).map(|token| token.map(str::to_owned)).map_err(|error| error.status())
        };
        assert_eq!(bearer(&HeaderMap::new()).expect("nothing was sent"), None);
        assert_eq!(sent("Bearer abc").expect("a token"), Some("abc".to_owned()));
        assert_eq!(sent("bearer  abc").expect("a token"), Some("abc".to_owned()));
        for other in ["Basic abc", "abc", "", "Bearer"] {
            assert_eq!(sent(other).expect_err(other).as_u16(), 401);
        }
    }
}
