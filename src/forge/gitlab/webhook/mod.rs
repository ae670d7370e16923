//! What GitLab's webhooks send: whether it is authentic, and what it asks for.

mod events;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use self::events::wish;
use crate::forge::ForgeKind;
use crate::forge::webhook::{Call, Receiver, Refusal, header, id_header, parse};

/// A signature may be this many seconds old, or ahead of our clock.
const TOLERANCE: i64 = 300;

/// Reads what comes from hooks that know one of our secrets.
pub struct GitLabReceiver {
    /// What a hook sends in clear text.
    pub webhook_token: Option<SecretString>,
    /// `whsec_…`: signs deliveries.
    pub signing_token: Option<SecretString>,
}

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
        self.authenticate(headers, body, now)?;
        let payload = parse(body)?;
        let event = payload.get("object_kind").and_then(Value::as_str).unwrap_or("unknown");
        let action = payload.pointer("/object_attributes/action").and_then(Value::as_str);
        let wish = wish(event, action, &payload);
        let (event, action) = (event.to_owned(), action.map(str::to_owned));
        Ok(Call { id: self.id(headers, body), event, action, wish })
    }
}

impl GitLabReceiver {
    /// Refuses whoever does not know the hook's secret. With a signing token only a signature counts.
    fn authenticate(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        let refuse = |why| Err(Refusal::Unauthenticated(why));
        match (&self.signing_token, &self.webhook_token) {
            (Some(token), _) if signed(token, headers, body, now) => Ok(()),
            (Some(_), _) => refuse("no valid webhook-signature"),
            (None, Some(token)) => {
                let sent = headers.get("x-gitlab-token").map(http::HeaderValue::as_bytes);
                let expected = token.expose_secret().as_bytes();
                let fits = sent.is_some_and(|sent| bool::from(sent.ct_eq(expected)));
                if fits { Ok(()) } else { refuse("X-Gitlab-Token is missing or wrong") }
            }
            (None, None) => refuse("no secret is configured"),
        }
    }

    /// The key of the call. A signed call is known by what is signed; calls without any key, by their content.
    fn id(&self, headers: &HeaderMap, body: &[u8]) -> String {
        let names: &[&str] = match self.signing_token {
            Some(_) => &["webhook-id"],
            None => &["idempotency-key", "webhook-id"],
        };
        let given = names.iter().find_map(|name| id_header(headers, name));
        given.map_or_else(|| format!("sha256:{}", hex::encode(Sha256::digest(body))), str::to_owned)
    }
}

/// Whether the token signed id, time and body, and did so just now.
///
/// Source: Standard Webhooks, which GitLab's signing tokens follow.
fn signed(token: &SecretString, headers: &HeaderMap, body: &[u8], now: DateTime<Utc>) -> bool {
    let (Some(id), Some(timestamp), Some(signatures), Some(key)) = (
        id_header(headers, "webhook-id"),
        header(headers, "webhook-timestamp"),
        header(headers, "webhook-signature"),
        key(token),
    ) else {
        return false;
    };
    let fresh = timestamp.parse::<i64>().is_ok_and(|sent| {
        now.timestamp().checked_sub(sent).is_some_and(|age| age.abs() <= TOLERANCE)
    });
    let Ok(mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(&key) else { return false };
    let mac = mac.chain_update(format!("{id}.{timestamp}.")).chain_update(body);
    let fits = |value: &str| {
        let signature = value.strip_prefix("v1,").and_then(|text| STANDARD.decode(text).ok());
        signature.is_some_and(|signature| mac.clone().verify_slice(&signature).is_ok())
    };
    fresh && signatures.split(' ').any(fits)
}

/// The key in a token of the form `whsec_` and base64.
fn key(token: &SecretString) -> Option<Vec<u8>> {
    STANDARD.decode(token.expose_secret().strip_prefix("whsec_")?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    const ID: &str = "0b5c9c2a-6f0e-4f0c-9d1c-0f3f8f4d2a11";
    const SENT: i64 = 1_767_225_600;
    const BODY: &[u8] = br#"{"object_kind":"merge_request"}"#;
    const SIGNATURE: &str = "v1,kDUhPkLzhsDDNweEg3V83msULsb1pV+yNYjUos+B5FA=";

    fn headers(id: &str, timestamp: &str, signature: &str) -> HeaderMap {
        [("webhook-id", id), ("webhook-timestamp", timestamp), ("webhook-signature", signature)]
            .into_iter()
            .map(|(name, value)| {
                let name = http::HeaderName::from_static(name);
                (name, http::HeaderValue::from_str(value).expect("a header value"))
            })
            .collect()
    }

    #[test]
    fn only_a_fresh_signature_of_this_call_verifies() {
        let at = |seconds: i64| DateTime::from_timestamp(SENT + seconds, 0).expect("a time");
        let sent = SENT.to_string();
        let two = format!("v1,AAAA v2,xyz {SIGNATURE}");
        for (id, timestamp, signature, body, age, good) in [
            (ID, sent.as_str(), SIGNATURE, BODY, 0, true),
            (ID, &sent, &two, BODY, 300, true),
            (ID, &sent, SIGNATURE, BODY, -300, true),
            (ID, &sent, SIGNATURE, BODY, 301, false),
            (ID, &sent, SIGNATURE, BODY, -301, false),
            (ID, &sent, SIGNATURE, b"{}", 0, false),
            ("other", &sent, SIGNATURE, BODY, 0, false),
            (ID, "1767225601", SIGNATURE, BODY, 0, false),
            (ID, "soon", SIGNATURE, BODY, 0, false),
            (ID, &sent, "v2,kDUhPkLzhsDDNweEg3V83msULsb1pV+yNYjUos+B5FA=", BODY, 0, false),
            (ID, &sent, "v1,", BODY, 0, false),
        ] {
            let headers = headers(id, timestamp, signature);
            let verified = signed(&SecretString::from(TOKEN), &headers, body, at(age));
            assert_eq!(verified, good, "{id} {timestamp} {signature} {age}");
        }
        assert!(!signed(&SecretString::from(TOKEN), &HeaderMap::new(), BODY, at(0)));
        assert!(!signed(&SecretString::from("plain"), &headers(ID, &sent, SIGNATURE), BODY, at(0)));
    }
}
