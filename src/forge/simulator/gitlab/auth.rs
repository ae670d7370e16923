//! Who calls, and what they may do.

use axum::http::{HeaderMap, header};
use chrono::NaiveDate;

use super::super::BOT_LOGIN;
use super::super::model::{Level, State};
use super::reply::Refusal;

/// An access token.
#[derive(Debug, Clone)]
pub struct Token {
    /// Number of it.
    pub id: i64,
    /// Login of whose it is.
    pub login: String,
    /// `api` or `read_api`.
    pub scopes: Vec<String>,
    /// From that day on it opens nothing.
    pub expires_at: Option<NaiveDate>,
    /// Taken back.
    pub revoked: bool,
    /// Given out by OAuth: it goes as `Authorization` only.
    pub oauth: bool,
}

impl Token {
    /// What somebody has who signed in.
    fn of_person(login: &str) -> Self {
        Self {
            id: 0,
            login: login.to_owned(),
            scopes: vec!["read_api".to_owned()],
            expires_at: None,
            revoked: false,
            oauth: true,
        }
    }
}

/// Who calls.
pub(super) struct Caller {
    pub login: String,
    pub token: Token,
}

impl Caller {
    /// From `PRIVATE-TOKEN` or `Authorization: Bearer`.
    pub fn of(state: &State, headers: &HeaderMap) -> Result<Self, Refusal> {
        let private = headers.get("private-token").and_then(|value| value.to_str().ok());
        let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer = bearer.and_then(|value| value.strip_prefix("Bearer "));
        let secret = private.or(bearer).ok_or_else(Refusal::unauthorized)?;
        if let Some(login) = bearer.and_then(|token| state.signed_in(token)) {
            return Ok(Self { login: login.to_owned(), token: Token::of_person(login) });
        }
        let token = state.gitlab.tokens.get(secret).ok_or_else(Refusal::unauthorized)?;
        if token.oauth && private.is_some() {
            return Err(Refusal::unauthorized());
        }
        let over = token.expires_at.is_some_and(|day| day <= state.now().date_naive());
        if token.revoked || over {
            return Err(Refusal::unauthorized());
        }
        Ok(Self { login: token.login.clone(), token: token.clone() })
    }

    /// Refuses what the token's scopes don't allow.
    pub fn require_scope(&self, method: &str) -> Result<(), Refusal> {
        let has = |name: &str| self.token.scopes.iter().any(|scope| scope == name);
        if has("api") || (method == "GET" && has("read_api")) {
            Ok(())
        } else {
            Err(Refusal::insufficient_scope())
        }
    }

    /// What the caller may do in a project; `None` is not even to see it.
    pub fn level(&self, state: &State, repository: i64) -> Option<Level> {
        level_of(state, &self.login, repository)
    }

    /// Refuses who has less than this.
    pub fn require(&self, state: &State, repository: i64, level: Level) -> Result<(), Refusal> {
        match self.level(state, repository) {
            Some(has) if has >= level => Ok(()),
            _ => Err(Refusal::forbidden()),
        }
    }
}

/// What somebody may do in a project. Public ones are read by all.
pub(super) fn level_of(state: &State, login: &str, repository: i64) -> Option<Level> {
    let granted = state.people.get(login).and_then(|person| person.access.get(&repository));
    let bot = state.gitlab.bot_level.filter(|_| login == BOT_LOGIN);
    let public = state.repositories.get(&repository).is_some_and(|it| !it.private);
    granted.copied().or(bot).or(public.then_some(Level::Read))
}
