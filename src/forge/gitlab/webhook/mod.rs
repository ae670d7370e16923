//! What GitLab's webhooks send: whether it is authentic, and what it asks for.

mod events;
mod proof;
mod secrets;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use http::HeaderMap;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use self::events::wish;
use self::proof::{ProvenBy, prove};
pub use self::secrets::{HookSecrets, SecretSource};
use super::{GitLab, GitLabConfig};
use crate::forge::call::Waits;
use crate::forge::webhook::{Call, Receiver, Refusal, Wish, id_header, parse};
use crate::forge::{ForgeError, ForgeKind};

/// How long GitLab may take to tell a project's name: it waits for us meanwhile, for ten seconds.
const PATIENCE: Duration = Duration::from_secs(4);

/// Reads what comes from hooks that know one of our secrets.
pub struct GitLabReceiver {
    /// The secrets.
    pub secrets: Arc<dyn SecretSource>,
    /// Whom to ask for names of projects.
    pub platform: GitLabConfig,
}

#[async_trait]
impl Receiver for GitLabReceiver {
    fn kind(&self) -> ForgeKind {
        ForgeKind::GitLab
    }

    fn receive(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Call, Refusal> {
        let hooks = self.secrets.current();
        let path = if hooks.iter().all(|hook| hook.scope.is_none()) { None } else { path(body) };
        let proof = prove(&hooks, path.as_deref(), headers, body, now);
        let proof = proof.map_err(Refusal::Unauthenticated)?;
        let payload = parse(body)?;
        if proof.by == ProvenBy::Body && payload.get("external_approval_rule").is_none() {
            return Err(Refusal::Unauthenticated("X-Gitlab-Signature is for status checks alone"));
        }
        let (event, action) = said(&payload);
        let wish = wish(event, action, &payload);
        let (event, action) = (event.to_owned(), action.map(str::to_owned));
        let id = id(proof.by, headers, body, now);
        Ok(Call { id, event, action, wish, entitled: proof.entitled })
    }

    fn reread(&self, _event: &str, body: &[u8]) -> Result<Wish, Refusal> {
        let payload = parse(body)?;
        let (event, action) = said(&payload);
        Ok(wish(event, action, &payload))
    }

    async fn refresh(&self) {
        self.secrets.refresh().await;
    }

    async fn name_of(&self, repository: i64) -> Result<Option<String>, ForgeError> {
        let config = GitLabConfig {
            connect_timeout: PATIENCE,
            timeout: PATIENCE / 2,
            waits: Waits { tries: 1, ..self.platform.waits },
            ..self.platform.clone()
        };
        GitLab::new(&config)?.name_of_project(repository).await
    }
}

/// The event and the action that a payload names.
fn said(payload: &Value) -> (&str, Option<&str>) {
    let event = payload.get("object_kind").and_then(Value::as_str).unwrap_or("unknown");
    (event, payload.pointer("/object_attributes/action").and_then(Value::as_str))
}

/// The key of the call. A signed call is known by what is signed; calls without any key, by their content. A status check
/// that is asked for again says the same again, so its calls are the same only within a minute.
fn id(by: ProvenBy, headers: &HeaderMap, body: &[u8], now: DateTime<Utc>) -> String {
    let names: &[&str] = match by {
        ProvenBy::Signature => &["webhook-id"],
        ProvenBy::Token => &["idempotency-key", "webhook-id"],
        ProvenBy::Body => &[],
    };
    let given = names.iter().find_map(|name| id_header(headers, name));
    if let Some(given) = given {
        return given.to_owned();
    }
    let digest = hex::encode(Sha256::digest(body));
    match by {
        ProvenBy::Body => format!("sha256:{digest}:{}", now.timestamp() / 60),
        ProvenBy::Signature | ProvenBy::Token => format!("sha256:{digest}"),
    }
}

#[derive(Deserialize)]
struct Named {
    project: NamedProject,
}

#[derive(Deserialize)]
struct NamedProject {
    path_with_namespace: String,
}

/// The path of the project that a call says it is about. Nothing else is read before the call is proven, and what is there
/// twice is not there.
fn path(body: &[u8]) -> Option<String> {
    let named: Named = serde_json::from_slice(body).ok()?;
    Some(named.project.path_with_namespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_is_asked_for_again_is_another_call() {
        let at =
            |seconds: i64| DateTime::from_timestamp(1_767_225_600 + seconds, 0).expect("a time");
        let key = |by, seconds| id(by, &HeaderMap::new(), b"{}", at(seconds));
        assert_eq!(key(ProvenBy::Body, 0), key(ProvenBy::Body, 59));
        assert_ne!(key(ProvenBy::Body, 0), key(ProvenBy::Body, 120));
        assert_ne!(key(ProvenBy::Body, 0), id(ProvenBy::Body, &HeaderMap::new(), b"[]", at(0)));
        assert_eq!(key(ProvenBy::Token, 0), key(ProvenBy::Token, 86_400));
    }
}
