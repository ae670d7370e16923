//! Signatures of GitLab's webhooks against the library that the scheme's authors publish.

use asyncwarden::forge::gitlab::HookSecrets;
use asyncwarden::forge::simulator::standard_signature;
use chrono::Utc;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::node;
use super::signatures::bodies;
use crate::support::on_every_store;
use crate::webhooks::Service;

const NEW: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const OLD: &str = "whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";
const FOREIGN: &str = "whsec_Zm9yZWlnbmZvcmVpZ25mb3JlaWduZm9yZWlnbjEyMzQ=";

/// Bodies that are read behind the signature.
fn readable() -> Vec<String> {
    bodies().into_iter().filter(|body| !body.starts_with('\u{feff}')).collect()
}

#[tokio::test]
async fn what_the_library_signs_is_let_in_and_nothing_else() {
    let sent = Utc::now().timestamp();
    let bodies = readable();
    let asked: Vec<Value> = bodies
        .iter()
        .enumerate()
        .flat_map(|(at, body)| {
            [NEW, OLD, FOREIGN].map(|token| {
                json!({ "token": token, "id": format!("d{at}"), "sent": sent, "body": body })
            })
        })
        .collect();
    let asked = json!({ "sign": asked, "verify": [] });
    let Some(answer) = node::run("standard_webhooks.mjs", &asked) else { return };
    let signatures: Vec<&str> =
        answer["signatures"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    on_every_store(async |store| {
        let service = Service::start(store, |settings| {
            let tokens = [NEW, OLD].map(SecretString::from).to_vec();
            settings.gitlab.as_mut().unwrap().hooks =
                vec![HookSecrets::for_all(Vec::new(), tokens)];
        })
        .await;
        for (at, body) in bodies.iter().enumerate() {
            let [new, old, foreign] = signatures[3 * at..3 * at + 3] else { panic!("three each") };
            let send = async |signature: &str, body: &str| {
                let (id, sent) = (format!("d{at}"), sent.to_string());
                let headers = [
                    ("webhook-id", id.as_str()),
                    ("webhook-timestamp", sent.as_str()),
                    ("webhook-signature", signature),
                ];
                service.post("/webhooks/gitlab", &headers, body.as_bytes()).await
            };
            for signature in
                [new, old, &format!("{foreign} {old}"), &format!("v1a,{foreign} {new}")]
            {
                assert_eq!(send(signature, body).await, 202, "{signature} {body:.60}");
            }
            for signature in [foreign, &new.replace("v1,", "v2,"), &new[3..], &format!("{new}=")] {
                assert_eq!(send(signature, body).await, 401, "{signature} {body:.60}");
            }
            assert_eq!(send(new, &format!("{body} ")).await, 401, "{body:.60}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_library_and_we_refuse_the_same() {
    let now = Utc::now().timestamp();
    let mut calls = Vec::new();
    for body in readable() {
        let mut call = |id: &str, sent: i64, said: (&str, &str), sign: (&str, &str, &str)| {
            let (token, before, after) = sign;
            let signature = standard_signature(token, id, sent, body.as_bytes()).unwrap();
            let signature = format!("{before}{signature}{after}");
            let headers = json!({
                "webhook-id": said.0,
                "webhook-timestamp": said.1,
                "webhook-signature": signature,
            });
            calls.push(json!({ "token": NEW, "headers": headers, "body": body }));
        };
        let sent = now.to_string();
        call("d", now, ("d", &sent), (NEW, "", ""));
        call("d", now, ("d", &sent), (OLD, "", ""));
        call("d", now, ("d", &sent), (NEW, "v1,AAAA ", " v2,BBBB"));
        call("d", now, ("e", &sent), (NEW, "", ""));
        call("d", now, ("d", &(now + 1).to_string()), (NEW, "", ""));
        for age in [-3600, -120, 120, 3600] {
            call("d", now - age, ("d", &(now - age).to_string()), (NEW, "", ""));
        }
        call("d", now, ("d", "soon"), (NEW, "", ""));
        call("d", now, ("", &sent), (NEW, "", ""));
    }
    let asked = json!({ "sign": [], "verify": calls });
    let Some(answer) = node::run("standard_webhooks.mjs", &asked) else { return };
    let theirs: Vec<bool> =
        answer["verdicts"].as_array().unwrap().iter().map(|it| it.as_bool().unwrap()).collect();
    assert!(theirs.contains(&true) && theirs.contains(&false));
    on_every_store(async |store| {
        let service = Service::start(store, |settings| {
            settings.gitlab.as_mut().unwrap().hooks =
                vec![HookSecrets::for_all(Vec::new(), vec![NEW.into()])];
        })
        .await;
        for (call, theirs) in calls.iter().zip(&theirs) {
            let headers = call["headers"].as_object().unwrap();
            let headers: Vec<(&str, &str)> =
                headers.iter().map(|(name, it)| (name.as_str(), it.as_str().unwrap())).collect();
            let body = call["body"].as_str().unwrap();
            let ours = service.post("/webhooks/gitlab", &headers, body.as_bytes()).await;
            assert_eq!(ours == 202, *theirs, "{ours} {}", call["headers"]);
        }
    })
    .await;
}
