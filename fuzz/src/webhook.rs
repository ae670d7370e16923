//! What arrives at the addresses for webhooks: header lines, an empty line, a body.

use std::sync::Arc;

use async_trait::async_trait;
use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::github::GitHubReceiver;
use asyncwarden::forge::gitlab::{GitLabConfig, GitLabReceiver, HookSecrets, SecretSource};
use asyncwarden::forge::webhook::{Call, Entitled, Receiver, Refusal, Wish};
use asyncwarden::review::command::is_addressed;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName, HeaderValue};
use secrecy::SecretString;
use serde_json::Value;
use sha2::Sha256;

const SECRET: &str = "a secret";
/// Of all GitLab projects below `g`.
const TOKEN: &str = "a token";
/// Of all GitLab projects below `signed`.
const SIGNING_TOKEN: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const SIGNING_KEY: &[u8] = b"0123456789abcdef0123456789abcdef";
const NOW: i64 = 1_767_225_600;

/// Secrets that never change.
struct Fixed(Arc<[HookSecrets]>);

#[async_trait]
impl SecretSource for Fixed {
    fn current(&self) -> Arc<[HookSecrets]> {
        self.0.clone()
    }

    async fn refresh(&self) {}
}

fn github() -> GitHubReceiver {
    let secrets = vec![SecretString::from("newer"), SecretString::from(SECRET)];
    GitHubReceiver { secrets, app_id: 5 }
}

fn gitlab() -> GitLabReceiver {
    let scoped = |scope: &str, tokens: &[&str], signing: &[&str]| HookSecrets {
        scope: Some(scope.to_owned()),
        tokens: tokens.iter().map(|it| SecretString::from(*it)).collect(),
        signing_tokens: signing.iter().map(|it| SecretString::from(*it)).collect(),
        former: Vec::new(),
    };
    let hooks = [scoped("g", &[TOKEN], &[]), scoped("signed", &[], &[SIGNING_TOKEN])];
    let platform = GitLabConfig::new("http://127.0.0.1:1", SecretString::from(""));
    GitLabReceiver { secrets: Arc::new(Fixed(hooks.into())), platform }
}

/// Nothing is taken that its sender did not prove; what is proven is read without a failure, and read again in the same way.
pub(super) fn webhook(data: &[u8]) {
    let (head, body) = match memchr::memmem::find(data, b"\n\n") {
        Some(at) => (&data[..at], &data[at + 2..]),
        None => (&b""[..], data),
    };
    let headers = headers(head);
    let now = DateTime::from_timestamp(NOW, 0).expect("a time");
    let (github, gitlab) = (github(), gitlab());
    as_sent(&github, &headers, body, now, |headers| signed_by_github(headers, body));
    as_sent(&gitlab, &headers, body, now, |headers| proven_to_gitlab(headers, body));
    proven(&github, &with(&headers, &github_proof(&headers, body)), body, now);
    proven(&gitlab, &with(&headers, &[("x-gitlab-token", TOKEN.to_owned())]), body, now);
    proven(&gitlab, &with(&headers, &gitlab_proof(body)), body, now);
}

fn headers(head: &[u8]) -> HeaderMap {
    let pair = |line: &[u8]| {
        let at = line.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&line[..at]).ok()?;
        Some((name, HeaderValue::from_bytes(line[at + 1..].trim_ascii()).ok()?))
    };
    let mut headers = HeaderMap::new();
    for (name, value) in head.split(|byte| *byte == b'\n').filter_map(pair).take(50) {
        headers.append(name, value);
    }
    headers
}

fn with(headers: &HeaderMap, more: &[(&'static str, String)]) -> HeaderMap {
    let mut headers = headers.clone();
    for (name, value) in more {
        headers.insert(*name, HeaderValue::from_str(value).expect("a header's value"));
    }
    headers
}

/// The call as it came, which is taken only when it is signed.
fn as_sent(
    receiver: &dyn Receiver,
    headers: &HeaderMap,
    body: &[u8],
    now: DateTime<Utc>,
    is_proven: impl Fn(&HeaderMap) -> bool,
) {
    match receiver.receive(headers, body, now) {
        Ok(call) => {
            assert!(is_proven(headers), "nobody proved {call:?}");
            assert_sound(receiver, &call, body);
        }
        Err(Refusal::Unauthenticated(_)) => {}
        Err(Refusal::Malformed(what)) => {
            assert!(is_proven(headers), "it was read before it was proven");
            assert_short(&what);
        }
    }
}

/// The call with headers that prove it.
fn proven(receiver: &dyn Receiver, headers: &HeaderMap, body: &[u8], now: DateTime<Utc>) {
    match receiver.receive(headers, body, now) {
        Ok(call) => assert_sound(receiver, &call, body),
        Err(Refusal::Malformed(what)) => assert_short(&what),
        // GitLab's secrets count for some projects only.
        Err(Refusal::Unauthenticated(_)) => {
            assert_ne!(receiver.kind(), ForgeKind::GitHub, "it was signed");
        }
    }
    let mut other = body.to_vec();
    other.push(b' ');
    let again = receiver.receive(headers, &other, now);
    let signed = !headers.contains_key("x-gitlab-token");
    assert!(!signed || matches!(again, Err(Refusal::Unauthenticated(_))), "of another body");
}

/// What a call is taken for is the same when it is read from the store, and stays within what its sender may speak of.
fn assert_sound(receiver: &dyn Receiver, call: &Call, body: &[u8]) {
    assert!(!call.id.is_empty() && call.id.len() <= 200, "{:?}", call.id);
    assert_eq!(receiver.reread(&call.event, body).as_ref(), Ok(&call.wish));
    if let Some(repository) = call.wish.repository() {
        assert!(call.wish.is_only_about(repository), "{:?}", call.wish);
    }
    if let Wish::Command { given, .. } = &call.wish {
        assert!(!given.is_comment || is_addressed(&given.text), "{given:?}");
    }
    if let Entitled::Below(_) = &call.entitled {
        let payload: Value = serde_json::from_slice(body).expect("it was read");
        let path = payload.pointer("/project/path_with_namespace").and_then(Value::as_str);
        assert!(call.entitled.covers(path.expect("that is how the secret was found")));
    }
}

fn assert_short(what: &str) {
    assert!(what.len() <= 300 && what.lines().count() == 1, "{what:?}");
}

fn github_proof(headers: &HeaderMap, body: &[u8]) -> Vec<(&'static str, String)> {
    let mut proof = vec![(
        "x-hub-signature-256",
        format!("sha256={}", hex::encode(mac(SECRET.as_bytes(), body))),
    )];
    for (name, value) in [("x-github-delivery", "4711"), ("x-github-event", "pull_request")] {
        if !headers.contains_key(name) {
            proof.push((name, value.to_owned()));
        }
    }
    proof
}

fn gitlab_proof(body: &[u8]) -> Vec<(&'static str, String)> {
    let signature =
        STANDARD.encode(mac(SIGNING_KEY, &[format!("id.{NOW}.").as_bytes(), body].concat()));
    vec![
        ("webhook-id", "id".to_owned()),
        ("webhook-timestamp", NOW.to_string()),
        ("webhook-signature", format!("v1,{signature}")),
    ]
}

/// Whether one of the secrets signed the body, worked out once more.
fn signed_by_github(headers: &HeaderMap, body: &[u8]) -> bool {
    let sent =
        headers.get("x-hub-signature-256").and_then(|it| it.to_str().ok()).unwrap_or_default();
    [SECRET, "newer"].iter().any(|secret| {
        let wanted = hex::encode(mac(secret.as_bytes(), body));
        sent.trim().strip_prefix("sha256=").is_some_and(|it| it.eq_ignore_ascii_case(&wanted))
    })
}

/// Whether the token or a signature is there; which project it is for, is looked at elsewhere.
fn proven_to_gitlab(headers: &HeaderMap, body: &[u8]) -> bool {
    let text = |name| headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let whole = mac(TOKEN.as_bytes(), body);
    let of_body = [hex::encode(&whole), STANDARD.encode(&whole)];
    let sent = text("x-gitlab-signature");
    let stamped = format!("{}.{}.", text("webhook-id").trim(), text("webhook-timestamp").trim());
    let signature = STANDARD.encode(mac(SIGNING_KEY, &[stamped.as_bytes(), body].concat()));
    text("x-gitlab-token") == TOKEN
        || of_body.iter().any(|it| it.eq_ignore_ascii_case(sent.trim()))
        || text("webhook-signature").contains(&format!("v1,{signature}"))
}

fn mac(key: &[u8], body: &[u8]) -> Vec<u8> {
    let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("keys of any length");
    mac.chain_update(body).finalize().into_bytes().to_vec()
}
