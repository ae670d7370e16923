//! What proves that a call is authentic.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use super::HookSecrets;
use crate::forge::webhook::{Entitled, header, id_header};

/// A signature may be this many seconds old, or ahead of our clock.
const TOLERANCE: i64 = 300;

/// What was proven, and how.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Proof {
    pub(super) by: ProvenBy,
    pub(super) entitled: Entitled,
}

/// What proves a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ProvenBy {
    /// A signature of its id, time and body.
    Signature,
    /// The secret token in clear text.
    Token,
    /// A signature of its body alone, as external status checks have it.
    Body,
}

/// Holds a call against the secrets that count for a project of this path. The path is what the call says itself: a false one
/// only picks whose secret is needed.
///
/// Once a signing token counts for the project, an ordinary call has to be signed, whatever else it brings.
pub(super) fn prove(
    hooks: &[HookSecrets],
    path: Option<&str>,
    headers: &HeaderMap,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<Proof, &'static str> {
    let covering: Vec<&HookSecrets> = hooks
        .iter()
        .filter(|hook| hook.scope.is_none() || path.is_some_and(|path| hook.covers(path)))
        .collect();
    if let Some(signature) = header(headers, "x-gitlab-signature") {
        let fits = |token: &SecretString| signs_body(token, signature, body);
        if let Some(entitled) = entitled(&covering, |hook| any(&hook.tokens, fits)) {
            return Ok(Proof { by: ProvenBy::Body, entitled });
        }
    }
    if covering.iter().any(|hook| !hook.signing_tokens.is_empty()) {
        let fits = |token: &SecretString| signed(token, headers, body, now);
        let entitled = entitled(&covering, |hook| any(&hook.signing_tokens, fits));
        let entitled = entitled.ok_or("no valid webhook-signature")?;
        return Ok(Proof { by: ProvenBy::Signature, entitled });
    }
    let sent = headers.get("x-gitlab-token").map(http::HeaderValue::as_bytes).unwrap_or_default();
    let fits = |token: &SecretString| sent.ct_eq(token.expose_secret().as_bytes()).into();
    let entitled = entitled(&covering, |hook| any(&hook.tokens, fits));
    let entitled = entitled.ok_or("X-Gitlab-Token is missing or wrong")?;
    Ok(Proof { by: ProvenBy::Token, entitled })
}

/// Whether one of the secrets fits. All are tried, so that the time tells nothing of which.
fn any(secrets: &[SecretString], fits: impl Fn(&SecretString) -> bool) -> bool {
    let all =
        secrets.iter().fold(Choice::from(0), |any, it| any | Choice::from(u8::from(fits(it))));
    all.into()
}

/// What those hooks are for together that fit; `None` when none does.
fn entitled(covering: &[&HookSecrets], fits: impl Fn(&HookSecrets) -> bool) -> Option<Entitled> {
    let mut scopes: Vec<Option<&str>> = Vec::new();
    for hook in covering {
        if fits(hook) {
            scopes.push(hook.scope.as_deref());
        }
    }
    if scopes.is_empty() {
        return None;
    }
    let below: Option<Vec<String>> = scopes.into_iter().map(|it| it.map(str::to_owned)).collect();
    Some(below.map_or(Entitled::All, Entitled::Below))
}

/// Whether the secret signed the body: as hexadecimal digits or as base64, since GitLab's documentation doesn't say.
fn signs_body(secret: &SecretString, signature: &str, body: &[u8]) -> bool {
    let secret = secret.expose_secret().as_bytes();
    let Ok(mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(secret) else { return false };
    let mac = mac.chain_update(body);
    let signatures = [hex::decode(signature).ok(), STANDARD.decode(signature).ok()];
    signatures.into_iter().flatten().any(|it| mac.clone().verify_slice(&it).is_ok())
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
fn key(token: &SecretString) -> Option<Zeroizing<Vec<u8>>> {
    STANDARD.decode(token.expose_secret().strip_prefix("whsec_")?).ok().map(Zeroizing::new)
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
