//! Webhooks over HTTP: who is let in, what is stored, what is answered.

use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::Arc;

use asyncwarden::forge::gitlab::HookSecrets;
use asyncwarden::settings::{GitHubSettings, GitLabSettings, Settings, StoreSettings};
use asyncwarden::store::{Store, jobs};
use asyncwarden::web::{self, SignIn};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::Utc;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use sha2::Sha256;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use crate::support::{Database, on_every_store};

pub(crate) const SECRET: &str = "a secret";
const SIGNING_TOKEN: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

/// The service's routes on a free port.
pub(crate) struct Service {
    addr: SocketAddr,
    pub(crate) store: Store,
}

impl Service {
    pub(crate) async fn start(store: Store, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::on(StoreSettings::Embedded("unused".into()));
        settings.github = Some(GitHubSettings {
            api_url: "http://127.0.0.1:1".parse().unwrap(),
            app_id: 5,
            private_key: SecretString::from(""),
            webhook_secrets: vec![SecretString::from("newer"), SecretString::from(SECRET)],
        });
        settings.gitlab = Some(GitLabSettings {
            url: "http://127.0.0.1:1".parse().unwrap(),
            token: SecretString::from(""),
            token_file: None,
            hooks: vec![HookSecrets::for_all(vec![SecretString::from(SECRET)], Vec::new())],
            hooks_file: None,
        });
        change(&mut settings);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let sign_in = SignIn::new(&store, &settings, Vec::new(), addr).await.unwrap();
        let router =
            web::router(store.clone(), Arc::new(settings), sign_in, CancellationToken::new());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { addr, store }
    }

    /// Posts and returns the status.
    pub(crate) async fn post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> u16 {
        self.ask(path, headers, body).await.0
    }

    /// Posts and returns status and body of the answer.
    pub(crate) async fn ask(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> (u16, String) {
        let mut text = format!("POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n");
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
        let mut stream = TcpStream::connect(self.addr).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    pub(crate) async fn github(&self, id: &str, event: &str, body: &str) -> u16 {
        let signature = sign(SECRET, body.as_bytes());
        let headers = [
            ("x-hub-signature-256", signature.as_str()),
            ("x-github-delivery", id),
            ("x-github-event", event),
            ("content-type", "application/json"),
        ];
        self.post("/webhooks/github", &headers, body.as_bytes()).await
    }

    async fn gitlab(&self, headers: &[(&str, &str)], body: &str) -> u16 {
        self.post("/webhooks/gitlab", headers, body.as_bytes()).await
    }

    /// Numbers of the change requests that wait for a worker; takes them out of the queue.
    pub(crate) async fn queued(&self) -> Vec<i64> {
        let mut numbers = Vec::new();
        let mut tx = self.store.begin().await.unwrap();
        while let Some(job) =
            jobs::claim(&mut tx, Utc::now(), std::time::Duration::from_secs(60)).await.unwrap()
        {
            numbers.push(job.change.number);
            jobs::finish(&mut tx, &job, Utc::now()).await.unwrap();
        }
        tx.commit().await.unwrap();
        numbers
    }
}

pub(crate) fn sign(secret: &str, body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap().chain_update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

fn pull_request(number: i64, action: &str) -> String {
    json!({
        "action": action, "number": number, "pull_request": { "number": number },
        "repository": { "id": 11, "full_name": "octo/app" }, "installation": { "id": 3 },
    })
    .to_string()
}

fn merge_request(number: i64, action: &str) -> String {
    json!({
        "object_kind": "merge_request",
        "project": { "id": 21, "path_with_namespace": "group/sub/app" },
        "object_attributes": { "iid": number, "action": action },
    })
    .to_string()
}

#[tokio::test]
async fn a_signed_delivery_is_queued_once() {
    on_every_store(async |store| {
        let service = Service::start(store, |_| {}).await;
        let body = pull_request(7, "opened");
        assert_eq!(service.github("d1", "pull_request", &body).await, 202);
        assert_eq!(service.queued().await, [7]);
        assert_eq!(service.github("d1", "pull_request", &body).await, 202, "sent again");
        assert_eq!(service.queued().await, [] as [i64; 0]);
        assert_eq!(service.github("d2", "pull_request", &body).await, 202);
        assert_eq!(service.queued().await, [7]);
    })
    .await;
}

#[tokio::test]
async fn rivals_with_one_delivery_queue_one_job() {
    on_every_store(async |store| {
        let service = Service::start(store, |_| {}).await;
        let body = pull_request(7, "opened");
        let calls = (0..8).map(|_| service.github("d1", "pull_request", &body));
        assert_eq!(futures::future::join_all(calls).await, [202; 8]);
        assert_eq!(service.queued().await, [7]);
    })
    .await;
}

#[tokio::test]
async fn a_delivery_whose_transaction_is_ended_for_another_is_stored_all_the_same() {
    let Some(database) = Database::create().await else { return };
    let StoreSettings::Postgres(url) = database.settings() else { unreachable!() };
    let store = Store::open(&StoreSettings::Postgres(url.clone())).await.unwrap();
    let service = Service::start(store, |_| {}).await;
    let body = pull_request(7, "opened");
    assert_eq!(service.github("d1", "pull_request", &body).await, 202);
    let options = PgConnectOptions::from_str(url.expose_secret()).unwrap();
    let mut rival = options.connect().await.unwrap();
    let run =
        sqlx::raw_sql("BEGIN; SET LOCAL deadlock_timeout = '20s'; SELECT 1 FROM jobs FOR UPDATE");
    run.execute(&mut rival).await.unwrap();
    let rivalry = async {
        // Waits for the delivery that waits for the job; then each waits for the other.
        let waiting = "SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut rival).await.unwrap() == 0 {
            // A transaction looks at the same picture all the time otherwise.
            let look_again = sqlx::raw_sql("SELECT pg_stat_clear_snapshot()");
            look_again.execute(&mut rival).await.unwrap();
        }
        let same = "INSERT INTO deliveries (forge, delivery_id, event, payload, received_at)
            VALUES ('github', 'd2', 'pull_request', '', now())";
        let _ = sqlx::query(same).execute(&mut rival).await;
        sqlx::raw_sql("ROLLBACK").execute(&mut rival).await.unwrap();
    };
    let (status, ()) = tokio::join!(service.github("d2", "pull_request", &body), rivalry);
    assert_eq!(status, 202);
    assert_eq!(service.queued().await, [7]);
    rival.close().await.unwrap();
    service.store.close().await;
    database.remove().await;
}

#[tokio::test]
async fn who_does_not_sign_is_refused() {
    on_every_store(async |store| {
        let service = Service::start(store, |_| {}).await;
        let body = pull_request(7, "opened");
        let good = sign(SECRET, body.as_bytes());
        let digest = good.strip_prefix("sha256=").unwrap();
        let ids = [("x-github-delivery", "d1"), ("x-github-event", "pull_request")];
        for signature in [
            None,
            Some(("x-hub-signature-256", sign("guess", body.as_bytes()))),
            Some(("x-hub-signature-256", sign(SECRET, b"{}"))),
            Some(("x-hub-signature-256", digest.to_owned())),
            Some(("x-hub-signature-256", format!("sha1={digest}"))),
            Some(("x-hub-signature-256", format!("{good}00"))),
            Some(("x-hub-signature-256", "sha256=not hexadecimal".to_owned())),
            Some(("x-hub-signature-256", String::new())),
            Some(("x-hub-signature", good.clone())),
        ] {
            let mut headers = ids.to_vec();
            headers.extend(signature.iter().map(|(name, value)| (*name, value.as_str())));
            let status = service.post("/webhooks/github", &headers, body.as_bytes()).await;
            assert_eq!(status, 401, "{signature:?}");
        }
        assert_eq!(service.queued().await, [] as [i64; 0]);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_used_is_said_so() {
    on_every_store(async |store| {
        let service = Service::start(store, |_| {}).await;
        assert_eq!(service.github("d1", "ping", r#"{"zen":"Speak like a human."}"#).await, 200);
        assert_eq!(service.github("d2", "pull_request", "{\"number\":").await, 400);
        assert_eq!(service.github("d3", "pull_request", "[]").await, 400);
        assert_eq!(service.github("d4", "never_heard_of", "{}").await, 202);
        assert_eq!(service.github("d5", "pull_request", "{\"action\":\"opened\"}").await, 202);
        assert_eq!(service.github("d6", "pull_request", &pull_request(7, "labeled")).await, 202);
        assert_eq!(service.github("", "pull_request", &pull_request(7, "opened")).await, 400);
        assert_eq!(service.github("d7", "", &pull_request(7, "opened")).await, 400);
        assert_eq!(service.queued().await, [] as [i64; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_form_carries_the_payload_too() {
    on_every_store(async |store| {
        let service = Service::start(store, |_| {}).await;
        let body: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("payload", &pull_request(9, "synchronize"))
            .finish();
        for (kind, body, status) in [
            ("application/x-www-form-urlencoded", body.as_str(), 202),
            ("application/x-www-form-urlencoded", "other=1", 400),
            ("application/json", body.as_str(), 400),
        ] {
            let signature = sign(SECRET, body.as_bytes());
            let headers = [
                ("x-hub-signature-256", signature.as_str()),
                ("x-github-delivery", "d1"),
                ("x-github-event", "pull_request"),
                ("content-type", kind),
            ];
            let got = service.post("/webhooks/github", &headers, body.as_bytes()).await;
            assert_eq!(got, status, "{kind} {body}");
        }
        assert_eq!(service.queued().await, [9]);
    })
    .await;
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_with_an_answer() {
    on_every_store(async |store| {
        let service = Service::start(store, |_| {}).await;
        let limit = 25 * 1024 * 1024;
        let body = |length: usize| format!("{{\"x\":\"{}\"}}", "a".repeat(length - 8));
        assert_eq!(service.github("d1", "star", &body(limit)).await, 202);
        assert_eq!(service.github("d1", "star", &body(limit + 1)).await, 413);
    })
    .await;
}

#[tokio::test]
async fn a_body_without_a_length_is_cut_at_the_limit() {
    on_every_store(async |store| {
        let service = Service::start(store, |_| {}).await;
        let mut stream = TcpStream::connect(service.addr).await.unwrap();
        let head = "POST /webhooks/github HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
            x-hub-signature-256: sha256=00\r\ntransfer-encoding: chunked\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        let chunk = [b"100000\r\n".as_slice(), &[b'a'; 0x10_0000], b"\r\n"].concat();
        for _ in 0..26 {
            stream.write_all(&chunk).await.unwrap();
        }
        stream.write_all(b"0\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    })
    .await;
}

#[tokio::test]
async fn our_check_is_run_again_for_the_change_that_has_its_head() {
    on_every_store(async |store| {
        let service = Service::start(store, |_| {}).await;
        let check = |app: i64, pull_requests: serde_json::Value| {
            json!({
                "action": "rerequested",
                "check_suite": { "head_sha": "abc", "app": { "id": app }, "pull_requests": pull_requests },
                "repository": { "id": 11, "full_name": "octo/app" }, "installation": { "id": 3 },
            })
            .to_string()
        };
        let named = check(5, json!([{ "number": 8 }]));
        assert_eq!(service.github("d1", "check_suite", &named).await, 202);
        assert_eq!(service.queued().await, [8]);
        assert_eq!(service.github("d2", "check_suite", &check(5, json!([]))).await, 202);
        assert_eq!(service.github("d3", "check_suite", &check(6, json!([{ "number": 8 }]))).await, 202);
        assert_eq!(service.queued().await, [] as [i64; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_merge_request_is_let_in_by_its_token() {
    on_every_store(async |store| {
        let service = Service::start(store, |_| {}).await;
        let token = ("x-gitlab-token", SECRET);
        let body = merge_request(4, "open");
        assert_eq!(service.gitlab(&[], &body).await, 401);
        assert_eq!(service.gitlab(&[("x-gitlab-token", "a secreT")], &body).await, 401);
        assert_eq!(service.gitlab(&[("x-gitlab-token", "")], &body).await, 401);
        assert_eq!(service.gitlab(&[token, ("idempotency-key", "k1")], &body).await, 202);
        assert_eq!(service.queued().await, [4]);
        assert_eq!(service.gitlab(&[token, ("idempotency-key", "k1")], &body).await, 202);
        assert_eq!(service.queued().await, [] as [i64; 0], "sent again");
        assert_eq!(service.gitlab(&[token], &body).await, 202);
        assert_eq!(service.gitlab(&[token], &body).await, 202);
        assert_eq!(service.queued().await, [4], "known by its content");
        assert_eq!(service.gitlab(&[token], "{").await, 400);
        assert_eq!(service.gitlab(&[token], r#"{"object_kind":"note"}"#).await, 202);
        assert_eq!(service.gitlab(&[token], r#"{"object_kind":"merge_request"}"#).await, 202);
        assert_eq!(service.queued().await, [] as [i64; 0]);
    })
    .await;
}

#[tokio::test]
async fn with_a_signing_token_only_signatures_count() {
    on_every_store(async |store| {
        let service = Service::start(store, |settings| {
            let gitlab = settings.gitlab.as_mut().unwrap();
            gitlab.hooks[0].signing_tokens = vec![SecretString::from(SIGNING_TOKEN)];
        })
        .await;
        let body = merge_request(4, "open");
        let signed = |seconds: i64, id: &str| {
            let key = STANDARD.decode(SIGNING_TOKEN.strip_prefix("whsec_").unwrap()).unwrap();
            let sent = (Utc::now().timestamp() + seconds).to_string();
            let mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
            let mac = mac.chain_update(format!("{id}.{sent}.{body}"));
            (sent, format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
        };
        let call = async |id: &str, key: &str, sent: &str, signature: &str| {
            let headers = [
                ("x-gitlab-token", SECRET),
                ("webhook-id", id),
                ("idempotency-key", key),
                ("webhook-timestamp", sent),
                ("webhook-signature", signature),
            ];
            service.gitlab(&headers, &body).await
        };
        assert_eq!(
            service.gitlab(&[("x-gitlab-token", SECRET)], &body).await,
            401,
            "no falling back"
        );
        let (sent, signature) = signed(-400, "id1");
        assert_eq!(call("id1", "id1", &sent, &signature).await, 401, "too old");
        let (sent, signature) = signed(0, "id1");
        assert_eq!(call("id2", "id2", &sent, &signature).await, 401, "another id");
        assert_eq!(call("id1", "id1", &sent, &signature).await, 202);
        assert_eq!(service.queued().await, [4]);
        assert_eq!(call("id1", "fresh", &sent, &signature).await, 202);
        assert_eq!(service.queued().await, [] as [i64; 0], "an unsigned key makes no new call");
    })
    .await;
}

#[tokio::test]
async fn a_platform_that_is_not_configured_has_no_webhook() {
    on_every_store(async |store| {
        let service = Service::start(store, |settings| {
            settings.github = None;
            settings.gitlab = None;
        })
        .await;
        assert_eq!(service.github("d1", "ping", "{}").await, 404);
        assert_eq!(service.gitlab(&[("x-gitlab-token", SECRET)], "{}").await, 404);
    })
    .await;
}

#[tokio::test]
async fn without_the_store_the_sender_is_told_to_come_back() {
    on_every_store(async |store| {
        let service = Service::start(store, |_| {}).await;
        assert_eq!(service.post("/readyz", &[], b"").await, 405);
        service.store.close().await;
        assert_eq!(service.github("d1", "pull_request", &pull_request(7, "opened")).await, 503);
        assert_eq!(service.github("d1", "star", "{}").await, 202, "needs no store");
    })
    .await;
}
