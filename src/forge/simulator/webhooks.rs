//! Tells the service what happened, as the platforms do.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use sha2::Sha256;

use super::{Simulator, github, gitlab};
use crate::forge::ForgeKind;

/// What happened to a change request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// It was opened.
    Opened,
    /// It was opened again.
    Reopened,
    /// Its head was this SHA before a push.
    Pushed {
        /// SHA at the head before.
        before: String,
    },
    /// It is no draft any more.
    Ready,
    /// It is a draft again.
    Drafted,
    /// Its target branch had this name before.
    Retargeted {
        /// Name of the target branch before.
        from: String,
    },
    /// Its title changed.
    Renamed {
        /// The title before.
        from: String,
    },
    /// It was closed or merged, as its state says.
    Closed,
    /// Somebody wrote this plain comment.
    Commented {
        /// Number of the comment.
        note: i64,
    },
    /// Somebody wrote this comment at the code.
    Replied {
        /// Number of the comment.
        note: i64,
    },
    /// Somebody pressed a button below this check run (GitHub).
    ButtonPressed {
        /// Number of the check run.
        check: i64,
        /// The button's identifier.
        identifier: String,
        /// Login of who did.
        by: String,
    },
    /// Somebody asked for this check run again (GitHub).
    CheckRerequested {
        /// Number of the check run.
        check: i64,
    },
}

/// What happened to an installation of the App (GitHub). Repositories are named by their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InstallationEvent {
    /// The App was installed.
    Created,
    /// It was uninstalled.
    Deleted,
    /// The owner suspended it.
    Suspended,
    /// The owner lets it work again.
    Unsuspended,
    /// The owner granted what it asks for by now.
    PermissionsAccepted,
    /// It reaches more repositories.
    Added(Vec<i64>),
    /// It reaches fewer repositories.
    Removed(Vec<i64>),
}

/// A delivery's content.
#[derive(Debug, Clone, PartialEq)]
pub struct Payload {
    /// Name of the event as the platform's header has it: `pull_request`, `Merge Request Hook`.
    pub event: String,
    /// The body.
    pub body: Value,
}

/// Where deliveries go and how they are signed.
#[derive(Debug, Clone)]
pub struct Receiver {
    /// Address of the service's webhook.
    pub url: String,
    /// As which platform.
    pub forge: ForgeKind,
    /// How.
    pub signing: Signing,
}

/// How a delivery is signed.
#[derive(Debug, Clone)]
pub enum Signing {
    /// GitHub: `X-Hub-Signature-256` with this secret.
    Digest(String),
    /// GitLab: `X-Gitlab-Token`.
    Token(String),
    /// GitLab 19: `webhook-signature` with this `whsec_` token.
    Standard(String),
    /// Not at all.
    Nothing,
}

/// `sha256=` and the HMAC of the body.
pub fn digest_signature(secret: &str, body: &[u8]) -> String {
    format!("sha256={}", hex::encode(hmac(secret.as_bytes(), body)))
}

/// `v1,` and the HMAC of id, time and body; `None` when the token is none.
pub fn standard_signature(token: &str, id: &str, time: i64, body: &[u8]) -> Option<String> {
    let key = STANDARD.decode(token.strip_prefix("whsec_")?).ok()?;
    let mut text = format!("{id}.{time}.").into_bytes();
    text.extend_from_slice(body);
    Some(format!("v1,{}", STANDARD.encode(hmac(&key, &text))))
}

/// The HMAC of the body, in hexadecimal.
pub fn body_signature(secret: &str, body: &[u8]) -> String {
    hex::encode(hmac(secret.as_bytes(), body))
}

fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

impl Receiver {
    /// The headers of a delivery.
    pub fn headers(&self, event: &str, id: &str, now: DateTime<Utc>, body: &[u8]) -> HeaderMap {
        let time = now.timestamp();
        let mut headers = HeaderMap::new();
        let mut set = |name: &'static str, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        };
        match self.forge {
            ForgeKind::GitHub => {
                set("user-agent", "GitHub-Hookshot/5ca1ab1e");
                set("x-github-event", event);
                set("x-github-delivery", id);
                set("x-github-hook-installation-target-type", "integration");
                set("x-github-hook-installation-target-id", &super::APP_ID.to_string());
            }
            ForgeKind::GitLab => {
                set("user-agent", "GitLab/19.5.0");
                set("x-gitlab-event", event);
                set("x-gitlab-webhook-uuid", id);
                set("idempotency-key", id);
            }
        }
        match &self.signing {
            Signing::Digest(secret) => {
                set("x-hub-signature-256", &digest_signature(secret, body));
            }
            Signing::Token(token) => set("x-gitlab-token", token),
            Signing::Standard(token) => {
                set("webhook-id", id);
                set("webhook-timestamp", &time.to_string());
                set(
                    "webhook-signature",
                    &standard_signature(token, id, time, body).unwrap_or_default(),
                );
            }
            Signing::Nothing => {}
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers
    }
}

impl Simulator {
    /// Tells the receiver what happened to a change request; returns the status of its answer.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn deliver(
        &self,
        receiver: &Receiver,
        repository: i64,
        number: i64,
        event: &Event,
    ) -> Result<u16, reqwest::Error> {
        let payload = self.payload(receiver.forge, repository, number, event);
        self.send(receiver, &payload, &uuid::Uuid::new_v4().to_string()).await
    }

    /// What a platform sends when this happens to a change request.
    pub fn payload(
        &self,
        forge: ForgeKind,
        repository: i64,
        number: i64,
        event: &Event,
    ) -> Payload {
        let state = self.state();
        match forge {
            ForgeKind::GitHub => github::payload(&state, self.url(), repository, number, event),
            ForgeKind::GitLab => gitlab::payload(&state, self.url(), repository, number, event),
        }
    }

    /// What GitHub sends when this happens to an installation, whether or not there is one of that number any more.
    pub fn installation_payload(&self, installation: i64, event: &InstallationEvent) -> Payload {
        github::installation_payload(&self.state(), self.url(), installation, event)
    }

    /// Sends a delivery under an id; the same id again is a redelivery. Returns the status of the answer. As GitHub, it
    /// keeps what it sent and how that ended.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn send(
        &self,
        receiver: &Receiver,
        payload: &Payload,
        id: &str,
    ) -> Result<u16, reqwest::Error> {
        let now = self.state().now();
        let sent = post(receiver, payload, id, now).await;
        if receiver.forge == ForgeKind::GitHub {
            let status = *sent.as_ref().unwrap_or(&0);
            github::keep_delivery(&mut self.state(), receiver, payload, id, now, status);
        }
        self.shared.changed.notify_waiters();
        sent
    }
}

async fn post(
    receiver: &Receiver,
    payload: &Payload,
    id: &str,
    now: DateTime<Utc>,
) -> Result<u16, reqwest::Error> {
    let body = payload.body.to_string();
    let headers = receiver.headers(&payload.event, id, now, body.as_bytes());
    let client = reqwest::Client::builder().no_proxy().build()?;
    let response = client.post(&receiver.url).headers(headers).body(body).send().await?;
    Ok(response.status().as_u16())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_the_published_test_vectors() {
        assert_eq!(
            digest_signature("It's a Secret to Everybody", b"Hello, World!"),
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
        );
        let token = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
        let id = "0b5c9c2a-6f0e-4f0c-9d1c-0f3f8f4d2a11";
        let body = br#"{"object_kind":"merge_request"}"#;
        assert_eq!(
            standard_signature(token, id, 1_767_225_600, body).as_deref(),
            Some("v1,kDUhPkLzhsDDNweEg3V83msULsb1pV+yNYjUos+B5FA=")
        );
    }
}
