//! Signatures against GitHub's own library for them.

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::{Receiver, Signing};
use chrono::Utc;
use serde_json::{Value, json};

use super::node;
use crate::support::on_every_store;
use crate::webhooks::{SECRET, Service};

/// Bodies of all kinds; the library signs no empty one.
pub(super) fn bodies() -> Vec<String> {
    let texts =
        ["plain", "ümläut €", "日本語 🐍", "\u{202e}\u{0}\u{7f}", "\\u00e9 \"\\\" \r\n\t", ""];
    let bodies = texts.map(|text| json!({ "zen": text }).to_string());
    let long = json!({ "zen": "longé".repeat(200_000) }).to_string();
    bodies.into_iter().chain(["{}".to_owned(), "\u{feff}{}".to_owned(), long]).collect()
}

#[tokio::test]
async fn what_githubs_library_signs_is_let_in_and_nothing_else() {
    let bodies = bodies();
    let signed = |secret: &str| -> Vec<Value> {
        bodies.iter().map(|body| json!({ "secret": secret, "body": body })).collect()
    };
    let all: Vec<_> = [signed("newer"), signed(SECRET), signed("a secreT")].concat();
    let asked = json!({ "sign": all, "verify": [] });
    let Some(answer) = node::run("signatures.mjs", &asked) else { return };
    let signatures: Vec<&str> =
        answer["signatures"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    let (newer, rest) = signatures.split_at(bodies.len());
    let (older, wrong) = rest.split_at(bodies.len());
    on_every_store(async |store| {
        let service = Service::start(store, |_| {}).await;
        for (at, body) in bodies.iter().enumerate() {
            let send = async |signature: &str, body: &str| {
                let headers = [
                    ("x-hub-signature-256", signature),
                    ("x-github-delivery", "d1"),
                    ("x-github-event", "star"),
                ];
                service.post("/webhooks/github", &headers, body.as_bytes()).await
            };
            // A mark of the byte order is no JSON, which is looked at only behind the signature.
            let let_in = if body.starts_with('\u{feff}') { 400 } else { 202 };
            assert_eq!(send(newer[at], body).await, let_in, "{body:.60}");
            assert_eq!(send(older[at], body).await, let_in, "{body:.60}");
            assert_eq!(send(wrong[at], body).await, 401, "{body:.60}");
            assert_eq!(send(newer[at], &format!("{body} ")).await, 401, "{body:.60}");
        }
    })
    .await;
}

#[test]
fn what_the_simulated_github_signs_githubs_library_takes() {
    let bodies = bodies();
    let sign = |secret: &str, body: &str| {
        let receiver = Receiver {
            url: String::new(),
            forge: ForgeKind::GitHub,
            signing: Signing::Digest(secret.to_owned()),
        };
        let headers = receiver.headers("star", "d1", Utc::now(), body.as_bytes());
        headers["x-hub-signature-256"].to_str().unwrap().to_owned()
    };
    let mut verify = Vec::new();
    for body in &bodies {
        for secret in [SECRET, "ß 🔑"] {
            let signature = sign(secret, body);
            verify.push(json!({ "secret": secret, "body": body, "signature": signature }));
            let more = format!("{body} ");
            verify.push(json!({ "secret": secret, "body": more, "signature": signature }));
        }
    }
    let asked = json!({ "sign": [], "verify": verify });
    let Some(answer) = node::run("signatures.mjs", &asked) else { return };
    let expected: Vec<bool> = verify.iter().enumerate().map(|(at, _)| at % 2 == 0).collect();
    assert_eq!(answer["verdicts"], json!(expected));
}
