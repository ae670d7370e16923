//! Whose secret counts for which project's calls.

use asyncwarden::forge::gitlab::HookSecrets;
use asyncwarden::forge::simulator::{
    BOT_TOKEN, Running, Simulator, body_signature, standard_signature,
};
use asyncwarden::store::Store;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::Utc;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::SIGNING;
use crate::support::on_every_store;
use crate::webhooks::Service;

const OTHER_SIGNING: &str = "whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";

fn secrets(scope: Option<&str>, tokens: &[&str], signing: &[&str]) -> HookSecrets {
    let all = |texts: &[&str]| texts.iter().map(|text| SecretString::from(*text)).collect();
    let scope = scope.map(str::to_owned);
    HookSecrets {
        scope,
        tokens: all(tokens),
        signing_tokens: all(signing),
        former: all(&["former"]),
    }
}

struct Scene {
    simulator: Simulator,
    server: Running,
    service: Service,
}

impl Scene {
    async fn start(store: Store, hooks: Vec<HookSecrets>) -> Self {
        let simulator = Simulator::new();
        for name in ["a/shop", "a/sub/tools", "b/site"] {
            simulator.state().add_repository(name, [("app.py", "")]);
        }
        let server = simulator.start(0).await.unwrap();
        let url = server.url().to_owned();
        let service = Service::start(store, |settings| {
            let gitlab = settings.gitlab.as_mut().unwrap();
            gitlab.url = url.parse().unwrap();
            gitlab.token = BOT_TOKEN.into();
            gitlab.hooks = hooks;
        })
        .await;
        Self { simulator, server, service }
    }

    fn id(&self, name: &str) -> i64 {
        self.simulator.state().repository(name).unwrap().id
    }

    async fn send(&self, headers: &[(&str, &str)], body: &Value) -> u16 {
        self.service.post("/webhooks/gitlab", headers, body.to_string().as_bytes()).await
    }

    /// A call with a secret token, about the project of that number, which it gives that path.
    async fn token(&self, token: &str, path: &str, id: i64) -> u16 {
        self.send(&[("x-gitlab-token", token)], &opened(path, id)).await
    }

    /// How often GitLab was asked for a name.
    fn asked(&self) -> usize {
        self.simulator.state().requests.len()
    }

    async fn end(self) {
        assert_eq!(self.simulator.state().violations, Vec::<String>::new());
        self.server.stop().await;
    }
}

fn opened(path: &str, id: i64) -> Value {
    json!({
        "object_kind": "merge_request",
        "project": { "id": id, "path_with_namespace": path },
        // Each call is another one.
        "object_attributes": { "iid": 1, "action": "open", "nonce": uuid::Uuid::new_v4() },
    })
}

#[tokio::test]
async fn a_secret_counts_for_its_own_projects_alone() {
    on_every_store(async |store| {
        let hooks = vec![
            secrets(Some("A"), &["new", "old"], &[]),
            secrets(Some("a/sub/tools"), &["tools"], &[]),
            secrets(Some("b"), &["b"], &[]),
        ];
        let scene = Scene::start(store, hooks).await;
        let [shop, tools, site] = ["a/shop", "a/sub/tools", "b/site"].map(|name| scene.id(name));
        for (token, path, id, status) in [
            ("new", "a/shop", shop, 202),
            ("old", "a/shop", shop, 202),
            ("old", "A/Shop", shop, 202),
            ("tools", "a/shop", shop, 401),
            ("b", "a/shop", shop, 401),
            ("", "a/shop", shop, 401),
            ("former", "a/shop", shop, 401),
            ("tools", "a/sub/tools", tools, 202),
            ("new", "a/sub/tools", tools, 202),
            ("new", "b/site", site, 401),
            ("b", "b/site", site, 202),
            ("new", "ab/shop", shop, 401),
        ] {
            assert_eq!(scene.token(token, path, id).await, status, "{token} {path}");
        }
        // Without a project, only secrets for all would count, and there are none.
        for body in [
            json!({ "object_kind": "merge_request" }),
            json!({ "event_name": "project_create", "path_with_namespace": "a/shop" }),
            json!({ "project": "a/shop" }),
        ] {
            assert_eq!(scene.send(&[("x-gitlab-token", "new")], &body).await, 401, "{body}");
        }
        scene.end().await;
    })
    .await;
}

#[tokio::test]
async fn who_knows_one_project_s_secret_does_not_speak_for_another() {
    on_every_store(async |store| {
        let hooks =
            vec![secrets(Some("a"), &["a"], &[]), secrets(Some("b"), &["b"], &[SIGNING])];
        let scene = Scene::start(store, hooks).await;
        let [shop, site] = ["a/shop", "b/site"].map(|name| scene.id(name));
        // Their own path and another's number.
        assert_eq!(scene.token("a", "a/shop", site).await, 401);
        assert_eq!(scene.token("a", "a/shop", 1).await, 401, "there is no such project");
        let mut note = json!({
            "object_kind": "note",
            "user": { "id": 7, "username": "maria" },
            "project": { "id": site, "path_with_namespace": "a/shop" },
            "object_attributes": { "id": 1, "note": "@asyncwarden accept", "action": "create" },
            "merge_request": { "iid": 1 },
        });
        let token = [("x-gitlab-token", "a")];
        assert_eq!(scene.send(&token, &note).await, 401);
        let pushed = json!({
            "object_kind": "push",
            "ref": "refs/heads/main",
            "after": "ab12",
            "project": { "id": site, "path_with_namespace": "a/shop", "default_branch": "main" },
        });
        assert_eq!(scene.send(&token, &pushed).await, 401);
        // Two paths in one call: neither reader may pick another one than the other.
        let twice = format!(
            r#"{{"object_kind":"merge_request","project":{{"id":{shop},"path_with_namespace":"a/shop"}},
            "object_attributes":{{"iid":1,"action":"open"}},"project":{{"id":{site},"path_with_namespace":"b/site"}}}}"#
        );
        let sent = scene.service.post("/webhooks/gitlab", &token, twice.as_bytes()).await;
        assert_eq!(sent, 401);
        assert_eq!(scene.service.queued().await, [] as [i64; 0]);

        // Once its name is known, GitLab is not asked any more.
        assert_eq!(scene.token("a", "a/shop", shop).await, 202);
        let asked = scene.asked();
        assert_eq!(scene.token("a", "a/shop", shop).await, 202);
        assert_eq!(scene.asked(), asked);
        assert_eq!(scene.service.queued().await, [1]);
        note["project"]["id"] = json!(shop);
        assert_eq!(scene.send(&token, &note).await, 202);
        assert_eq!(scene.asked(), asked);

        // A project that was moved is asked for again, and its new owner's secret is what counts.
        scene.simulator.state().repositories.get_mut(&shop).unwrap().full_name =
            "b/shop".to_owned();
        let body = opened("b/shop", shop).to_string();
        let sent = Utc::now().timestamp();
        let signature = standard_signature(SIGNING, "d1", sent, body.as_bytes()).unwrap();
        let sent = sent.to_string();
        let headers = [
            ("webhook-id", "d1"),
            ("webhook-timestamp", sent.as_str()),
            ("webhook-signature", signature.as_str()),
        ];
        let moved = scene.service.post("/webhooks/gitlab", &headers, body.as_bytes()).await;
        assert_eq!(moved, 202);
        assert_eq!(scene.token("a", "a/shop", shop).await, 401);
        scene.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_name_that_can_not_be_asked_for_is_asked_for_later() {
    on_every_store(async |store| {
        let hooks = vec![secrets(None, &["all"], &[]), secrets(Some("a"), &["a"], &[])];
        let scene = Scene::start(store, hooks).await;
        let (shop, tools) = (scene.id("a/shop"), scene.id("a/sub/tools"));
        let Scene { simulator, server, service } = scene;
        server.stop().await;
        let send = async |token: &str, id: i64| {
            let body = opened("a/shop", id).to_string();
            service.post("/webhooks/gitlab", &[("x-gitlab-token", token)], body.as_bytes()).await
        };
        assert_eq!(send("a", shop).await, 503);
        assert_eq!(send("all", shop).await, 202, "a secret for all needs no name");
        assert_eq!(send("a", shop).await, 202, "it is known by now");
        assert_eq!(send("a", tools).await, 503);
        assert_eq!(simulator.state().violations, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn where_a_signing_token_counts_only_signed_calls_do() {
    on_every_store(async |store| {
        let hooks = vec![
            secrets(None, &["all"], &[]),
            secrets(Some("a"), &["a"], &[SIGNING, OTHER_SIGNING]),
        ];
        let scene = Scene::start(store, hooks).await;
        let (shop, site) = (scene.id("a/shop"), scene.id("b/site"));
        assert_eq!(scene.token("all", "b/site", site).await, 202);
        assert_eq!(scene.token("all", "a/shop", shop).await, 401, "no falling back");
        assert_eq!(scene.token("a", "a/shop", shop).await, 401, "no falling back");
        for (token, path, id, status) in [
            (SIGNING, "a/shop", shop, 202),
            (OTHER_SIGNING, "a/shop", shop, 202),
            (SIGNING, "a/shop", site, 401),
            (SIGNING, "b/site", site, 401),
        ] {
            let body = opened(path, id).to_string();
            let (key, sent) = (uuid::Uuid::new_v4().to_string(), Utc::now().timestamp());
            let signature = standard_signature(token, &key, sent, body.as_bytes()).unwrap();
            let sent = sent.to_string();
            let headers = [
                ("webhook-id", key.as_str()),
                ("webhook-timestamp", sent.as_str()),
                ("webhook-signature", signature.as_str()),
            ];
            let answer = scene.service.post("/webhooks/gitlab", &headers, body.as_bytes()).await;
            assert_eq!(answer, status, "{path} {id}");
        }
        scene.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_status_check_signs_its_body_with_a_secret_token() {
    on_every_store(async |store| {
        let hooks =
            vec![secrets(Some("a"), &["a", "a-old"], &[SIGNING]), secrets(Some("b"), &["b"], &[])];
        let scene = Scene::start(store, hooks).await;
        let (shop, site) = (scene.id("a/shop"), scene.id("b/site"));
        let checked = |path: &str, id: i64| {
            let mut body = opened(path, id);
            body["external_approval_rule"] = json!({ "id": 1, "name": "asyncwarden" });
            body["object_attributes"].as_object_mut().unwrap().remove("action");
            body.to_string()
        };
        let send = async |signature: &str, body: &str| {
            let headers = [("x-gitlab-signature", signature)];
            scene.service.post("/webhooks/gitlab", &headers, body.as_bytes()).await
        };
        let body = checked("a/shop", shop);
        let hexadecimal = body_signature("a", body.as_bytes());
        let base64 = STANDARD.encode(hex::decode(&hexadecimal).unwrap());
        assert_eq!(send(&hexadecimal, &body).await, 202);
        assert_eq!(scene.service.queued().await, [1]);
        assert_eq!(send(&base64, &body).await, 202);
        let body = checked("a/shop", shop);
        assert_eq!(send(&body_signature("a-old", body.as_bytes()), &body).await, 202);
        assert_eq!(scene.service.queued().await, [1]);
        for (secret, body) in [
            ("b", checked("a/shop", shop)),
            ("", checked("a/shop", shop)),
            ("a", checked("a/shop", site)),
            ("b", checked("b/site", shop)),
            // An ordinary call is signed with its time.
            ("a", opened("a/shop", shop).to_string()),
        ] {
            let signature = body_signature(secret, body.as_bytes());
            assert_eq!(send(&signature, &body).await, 401, "{secret} {body}");
        }
        assert_eq!(send(&body_signature("a", b"{}"), &checked("a/shop", shop)).await, 401);
        scene.end().await;
    })
    .await;
}
