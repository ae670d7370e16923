//! What GitHub's webhooks send: whether it is authentic, and what it asks for.

mod asked;
mod events;
mod wire;

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::Sha256;

use self::events::wish;
use crate::forge::ForgeKind;
use crate::forge::webhook::{Call, Entitled, Receiver, Refusal, Wish, header, id_header, parse};

/// Reads what is signed by one of an App's webhook secrets.
pub struct GitHubReceiver {
    /// Secrets that sign deliveries; any of them may have signed.
    pub secrets: Vec<SecretString>,
    /// The App's number: checks of other Apps are none of ours.
    pub app_id: u64,
}

#[async_trait::async_trait]
impl Receiver for GitHubReceiver {
    fn kind(&self) -> ForgeKind {
        ForgeKind::GitHub
    }

    fn receive(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        _now: DateTime<Utc>,
    ) -> Result<Call, Refusal> {
        let signature = header(headers, "x-hub-signature-256").and_then(signature);
        let signature = signature.ok_or(Refusal::Unauthenticated("no X-Hub-Signature-256"))?;
        if !verified(&self.secrets, &signature, body) {
            return Err(Refusal::Unauthenticated("the signature does not fit"));
        }
        let needs = |name: &str| Refusal::Malformed(format!("the header {name} is missing"));
        let id =
            id_header(headers, "x-github-delivery").ok_or_else(|| needs("X-GitHub-Delivery"))?;
        let event = header(headers, "x-github-event").ok_or_else(|| needs("X-GitHub-Event"))?;
        let payload = payload(headers, body)?;
        let wish = self.wish(event, &payload);
        let action = payload.get("action").and_then(Value::as_str).map(str::to_owned);
        Ok(Call {
            id: id.to_owned(),
            event: event.to_owned(),
            action,
            wish,
            entitled: Entitled::All,
        })
    }

    fn reread(&self, event: &str, body: &[u8]) -> Result<Wish, Refusal> {
        // As JSON, or in the form's field: a form is no JSON.
        let payload = parse(body).or_else(|refusal| form_field(body).map_err(|_| refusal))?;
        Ok(self.wish(event, &payload))
    }
}

impl GitHubReceiver {
    fn wish(&self, event: &str, payload: &Value) -> Wish {
        match event {
            "ping" => Wish::Greeting,
            _ => wish(event, payload.get("action").and_then(Value::as_str), payload, self.app_id),
        }
    }
}

/// The header's signature: `sha256=` and 64 hexadecimal digits.
fn signature(header: &str) -> Option<[u8; 32]> {
    let mut signature = [0; 32];
    hex::decode_to_slice(header.strip_prefix("sha256=")?, &mut signature).ok()?;
    Some(signature)
}

/// Whether any of the secrets signed the body. Takes the same time for all signatures.
fn verified(secrets: &[SecretString], signature: &[u8; 32], body: &[u8]) -> bool {
    secrets.iter().any(|secret| {
        let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.expose_secret().as_bytes());
        mac.is_ok_and(|mac| mac.chain_update(body).verify_slice(signature).is_ok())
    })
}

/// The payload, which a hook may be set to send in a form's field.
fn payload(headers: &HeaderMap, body: &[u8]) -> Result<Value, Refusal> {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    match kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
        true => form_field(body),
        false => parse(body),
    }
}

/// The payload in a form's field.
fn form_field(body: &[u8]) -> Result<Value, Refusal> {
    let mut fields = url::form_urlencoded::parse(body);
    let field = fields.find(|(name, _)| name == "payload");
    let (_, payload) =
        field.ok_or_else(|| Refusal::Malformed("the form has no field payload".to_owned()))?;
    parse(payload.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(all: &[&str]) -> Vec<SecretString> {
        all.iter().map(|secret| SecretString::from(*secret)).collect()
    }

    #[test]
    fn the_documented_signature_verifies() {
        let digest = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        let good = signature(&format!("sha256={digest}")).expect("well-formed");
        let secret = "It's a Secret to Everybody";
        assert!(verified(&secrets(&[secret]), &good, b"Hello, World!"));
        assert!(verified(&secrets(&["new", secret]), &good, b"Hello, World!"), "rotation");
        assert!(!verified(&secrets(&[secret]), &good, b"Hello, World"));
        assert!(!verified(&secrets(&["other"]), &good, b"Hello, World!"));
        assert!(!verified(&[], &good, b"Hello, World!"));
        for bad in [
            digest,
            &format!("sha1={digest}"),
            &format!("sha256={digest}00"),
            "sha256=xyz",
            "sha256=",
        ] {
            assert_eq!(signature(bad), None, "{bad}");
        }
    }
}
