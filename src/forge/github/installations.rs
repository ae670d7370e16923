//! Installations of the App: finding the one of a repository, and its tokens.
//!
//! A token is minted once for all who wait for it, kept until shortly before it expires, and replaced once when
//! GitHub refuses it in mid-work.

use std::collections::HashMap;
use std::sync::atomic::AtomicU8;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::GitHub;
use super::http::Call;
use super::wire::{InstallationWire, TokenWire};
use crate::forge::call::{Lane, Repeatable, Terms};
use crate::forge::{ForgeError, ForgeKind, RepositoryRef, account};

/// A token is not used any more this long before it expires.
const RENEW_BEFORE: TimeDelta = TimeDelta::minutes(5);

/// What a token may do. Asked for as little as the work needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Scope {
    /// Read the code, comment, and set the gate.
    Review,
    /// Resolve threads, which GitHub lets only those do who may write the code.
    Resolve,
}

impl Scope {
    fn permissions(self) -> Value {
        let contents = match self {
            Scope::Review => "read",
            Scope::Resolve => "write",
        };
        json!({"metadata": "read", "contents": contents, "pull_requests": "write", "checks": "write"})
    }
}

/// One installation of the App.
pub(super) struct Installation {
    pub(super) id: i64,
    /// Limits and distances hold for the installation as a whole.
    pub(super) lane: Lane,
    tokens: tokio::sync::Mutex<HashMap<(String, Scope), Token>>,
    /// Which means of resolving worked last; see `resolve`.
    pub(super) means: AtomicU8,
}

/// A token with the time from which it is not used any more.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) secret: Arc<SecretString>,
    renew_at: DateTime<Utc>,
}

impl Token {
    /// What a request is sent with.
    pub(super) fn bearer(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("Bearer {}", self.secret.expose_secret()))
    }
}

/// Installations that we have met.
#[derive(Default)]
pub(super) struct Installations {
    by_id: Mutex<HashMap<i64, Arc<Installation>>>,
    by_repository: Mutex<HashMap<String, i64>>,
}

impl Installations {
    fn by_id(&self, id: i64, terms: &Terms) -> Arc<Installation> {
        let mut known = self.by_id.lock().unwrap_or_else(PoisonError::into_inner);
        let installation = known.entry(id).or_insert_with(|| {
            Arc::new(Installation {
                id,
                lane: Lane::new(ForgeKind::GitHub, account(ForgeKind::GitHub, id), terms.clone()),
                tokens: tokio::sync::Mutex::default(),
                means: AtomicU8::new(0),
            })
        });
        Arc::clone(installation)
    }

    fn found(&self, repository: &str) -> Option<i64> {
        let found = self.by_repository.lock().unwrap_or_else(PoisonError::into_inner);
        found.get(repository).copied()
    }

    fn remember(&self, repository: &str, id: i64) {
        let mut found = self.by_repository.lock().unwrap_or_else(PoisonError::into_inner);
        found.insert(repository.to_owned(), id);
    }

    fn forget(&self, repository: &str) {
        self.by_repository.lock().unwrap_or_else(PoisonError::into_inner).remove(repository);
    }
}

impl GitHub {
    /// The installation through which the repository is reached.
    pub(super) async fn installation(
        &self,
        repository: &RepositoryRef,
    ) -> Result<Arc<Installation>, ForgeError> {
        let name = &repository.full_name;
        if let Some(id) = repository.installation_id.or_else(|| self.installations.found(name)) {
            return Ok(self.installations.by_id(id, &self.terms));
        }
        let url = self.repository_url(repository, "/installation")?;
        let answer = self.app_call("find installation", Repeatable::Yes, Call::get(url)).await?;
        let found: InstallationWire = super::parse("find installation", &answer)?;
        self.installations.remember(name, found.id);
        Ok(self.installations.by_id(found.id, &self.terms))
    }

    /// A token for the repository, minted if there is none that lasts. Who comes while it is minted waits for it.
    pub(super) async fn token(
        &self,
        installation: &Installation,
        repository: &RepositoryRef,
        scope: Scope,
    ) -> Result<Token, ForgeError> {
        let mut tokens = installation.tokens.lock().await;
        let now = Utc::now();
        tokens.retain(|_, token| token.renew_at > now);
        let key = (repository.full_name.clone(), scope);
        if let Some(token) = tokens.get(&key) {
            return Ok(token.clone());
        }
        let minted = self.mint(installation, repository, scope).await;
        if let Err(ForgeError::Status { status: 404, .. }) = &minted {
            self.installations.forget(&repository.full_name);
        }
        let minted = minted?;
        let expires = minted.expires_at.unwrap_or(now + TimeDelta::hours(1));
        let token = Token { secret: Arc::new(minted.token), renew_at: expires - RENEW_BEFORE };
        tokens.insert(key, token.clone());
        Ok(token)
    }

    /// Drops a token that GitHub refused, unless another took its place meanwhile.
    pub(super) async fn refused(&self, installation: &Installation, refused: &Token) {
        let mut tokens = installation.tokens.lock().await;
        tokens.retain(|_, token| !Arc::ptr_eq(&token.secret, &refused.secret));
    }

    /// Asks for a token. A token too many does no harm, so the call is repeatable.
    async fn mint(
        &self,
        installation: &Installation,
        repository: &RepositoryRef,
        scope: Scope,
    ) -> Result<TokenWire, ForgeError> {
        const OPERATION: &str = "installation token";
        let path = format!("/app/installations/{}/access_tokens", installation.id);
        let call = Call::new(Method::POST, self.transport.url(&path));
        let name = repository.full_name.rsplit('/').next().unwrap_or_default();
        let narrow = json!({"repositories": [name], "permissions": scope.permissions()});
        let answer = self.app_call(OPERATION, Repeatable::Yes, call.clone().body(narrow)).await;
        let answer = match answer {
            // Something of that is not granted, or the repository has another name by now: what the installation
            // has will do, unless it is asked for the one permission more.
            Err(ForgeError::Status { status: 422, .. }) if scope == Scope::Review => {
                self.app_call(OPERATION, Repeatable::Yes, call.body(json!({}))).await?
            }
            other => other?,
        };
        super::parse(OPERATION, &answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::github::app::Extent;

    #[test]
    fn no_token_is_asked_for_that_the_app_is_not_allowed() {
        for (scope, resolve_threads) in [(Scope::Review, false), (Scope::Resolve, true)] {
            let allowed = Extent { resolve_threads, ..Extent::default() }.permissions();
            for (name, level) in scope.permissions().as_object().expect("an object") {
                let granted = |it: &crate::forge::github::app::Permission| {
                    it.name == name && (it.level == "write" || *level == json!(it.level))
                };
                assert!(allowed.iter().any(granted), "{scope:?}: {name} {level}");
            }
        }
    }
}
