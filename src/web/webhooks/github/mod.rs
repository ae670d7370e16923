//! `POST /webhooks/github`.

mod asked;
mod events;
mod wire;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::Sha256;

use self::events::wish;
use super::{Answer, Call, body, header, id_header, parse};
use crate::forge::ForgeKind;
use crate::web::{Web, WebError};

/// Verify, store, answer. GitHub waits 10 s and never sends a call again by itself.
pub(super) async fn receive(
    State(web): State<Web>,
    headers: HeaderMap,
    body: Body,
) -> Result<Answer, WebError> {
    let Some(settings) = &web.settings.github else {
        return Err(WebError::NotFound("GitHub is not configured"));
    };
    let signature = header(&headers, "x-hub-signature-256").and_then(signature);
    let body = body::read(&headers, body).await?;
    let signature = signature.ok_or(WebError::Unauthenticated("no X-Hub-Signature-256"))?;
    if !verified(&settings.webhook_secrets, &signature, &body) {
        return Err(WebError::Unauthenticated("the signature does not fit"));
    }
    let needs = |name: &str| WebError::Malformed(format!("the header {name} is missing"));
    let id = id_header(&headers, "x-github-delivery").ok_or_else(|| needs("X-GitHub-Delivery"))?;
    let event = header(&headers, "x-github-event").ok_or_else(|| needs("X-GitHub-Event"))?;
    let payload = payload(&headers, &body)?;
    if event == "ping" {
        tracing::info!(forge = "github", delivery.id = id, "hook tried out");
        return Ok((StatusCode::OK, "pong\n"));
    }
    let action = payload.get("action").and_then(Value::as_str);
    let call = Call { forge: ForgeKind::GitHub, id, event, action, payload: &body };
    call.accept(&web, wish(event, action, &payload, settings.app_id)).await
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
fn payload(headers: &HeaderMap, body: &[u8]) -> Result<Value, WebError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
        return parse(body);
    }
    let mut fields = url::form_urlencoded::parse(body);
    let field = fields.find(|(name, _)| name == "payload");
    let (_, payload) =
        field.ok_or_else(|| WebError::Malformed("the form has no field payload".to_owned()))?;
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
