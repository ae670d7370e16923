//! Tokens: what they open, and what they don't.

use asyncwarden::settings::StoreSettings;
use asyncwarden::store::Store;
use asyncwarden::store::access_tokens::{self, MOST, Scope};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::world::{Api, on_every_store, person, token, token_text};
use crate::database::{Database, change};
use crate::serve_command::Service;

#[tokio::test]
async fn a_token_opens_what_its_scopes_say() {
    on_every_store(async |settings, store| {
        let ada = person(&settings, "ada", &[]).await;
        let reads = token(&store, ada, 1, &[Scope::Read], 30).await;
        let operates = token(&store, ada, 2, &[Scope::Operations], 30).await;
        let api = Api::serve(store).await;
        let me = api.get_as(&reads, "/api/v1/me").await.body;
        assert_eq!((&me["login"], &me["scopes"]), (&json!("ada"), &json!(["read"])));
        assert_eq!(me["token"]["name"], "a script");
        assert_eq!(api.get_as(&reads, "/api/v1/findings").await.status, 200);
        for (token, path, scope) in
            [(&reads, "/api/v1/operations", "operations"), (&operates, "/api/v1/findings", "read")]
        {
            let refused = api.get_as(token, path).await;
            assert_eq!(
                (refused.status.as_u16(), &refused.body["type"]),
                (403, &json!("/api#missing-scope"))
            );
            let said = format!("the access token lacks the scope `{scope}`");
            assert_eq!(refused.body["detail"], said);
            assert!(refused.header("www-authenticate").contains("insufficient_scope"));
        }
        // The scope makes no admin.
        let refused = api.get_as(&operates, "/api/v1/operations").await;
        assert_eq!(
            (refused.status.as_u16(), &refused.body["type"]),
            (403, &json!("/api#forbidden"))
        );
        assert_eq!(api.get_as(&operates, "/api/v1/me").await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn other_tokens_open_nothing() {
    on_every_store(async |settings, store| {
        let ada = person(&settings, "ada", &[]).await;
        let over = token(&store, ada, 1, &[Scope::Read], 0).await;
        let revoked = token(&store, ada, 2, &[Scope::Read], 30).await;
        let good = token(&store, ada, 3, &[Scope::Read], 30).await;
        let mut tx = store.begin().await.unwrap();
        let all = access_tokens::of_person(&mut tx, ada).await.unwrap();
        assert!(access_tokens::revoke(&mut tx, ada, all[1].id).await.unwrap());
        assert!(!access_tokens::revoke(&mut tx, ada, all[1].id).await.unwrap());
        assert!(!access_tokens::revoke(&mut tx, ada + 1, all[0].id).await.unwrap());
        tx.commit().await.unwrap();
        let api = Api::serve(store).await;
        assert_eq!(api.get_as(&good, "/api/v1/me").await.status, 200);
        let slip = format!("{}x", &good[..good.len() - 1]);
        for other in [&*over, &revoked, &token_text(9), &slip, "awp_", "nobody-s"] {
            for path in ["/api/v1/me", "/api/v1/findings"] {
                let refused = api.get_as(other, path).await;
                assert_eq!(refused.status, 401, "{other}");
                assert_eq!(refused.body["type"], "/api#not-authenticated");
                assert!(refused.header("www-authenticate").contains("error=\"invalid_token\""));
                assert!(!refused.body.to_string().contains(other), "{refused:?}");
            }
        }
        // Who is gone has no tokens.
        change(&settings, "DELETE FROM people").await;
        assert_eq!(api.get_as(&good, "/api/v1/me").await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn a_person_has_only_so_many() {
    on_every_store(async |settings, store| {
        let ada = person(&settings, "ada", &[]).await;
        for seed in 0..MOST as u64 {
            token(&store, ada, seed, &[Scope::Read], 30).await;
        }
        let hash = Sha256::digest(token_text(900));
        let new = access_tokens::NewToken {
            person_id: ada,
            name: "one more",
            scopes: &[Scope::Read],
            hash: &hash,
            expires_at: chrono::Utc::now(),
        };
        let mut tx = store.begin().await.unwrap();
        assert!(!access_tokens::create(&mut tx, new, chrono::Utc::now()).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn when_a_token_was_used_is_known_to_the_hour() {
    on_every_store(async |settings, store| {
        let ada = person(&settings, "ada", &[]).await;
        let text = token(&store, ada, 1, &[Scope::Read], 30).await;
        let used = async || {
            let mut tx = store.read().await.unwrap();
            access_tokens::of_person(&mut tx, ada).await.unwrap()[0].last_used_at
        };
        let api = Api::serve(store.clone()).await;
        assert_eq!(used().await, None);
        api.get_as(&text, "/api/v1/me").await;
        let first = used().await;
        assert!(first.is_some());
        api.get_as(&text, "/api/v1/me").await;
        assert_eq!(used().await, first);
        let long_ago = "UPDATE access_tokens SET last_used_at = '2026-01-01 00:00:00+00:00'";
        change(&settings, long_ago).await;
        api.get_as(&text, "/api/v1/me").await;
        assert!(used().await >= first);
    })
    .await;
}

#[tokio::test]
async fn nothing_but_the_hash_is_kept_and_nothing_is_logged() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let settings = StoreSettings::Embedded(folder.path().to_owned());
    let store = Store::open(&settings).await.unwrap();
    let ada = person(&settings, "ada", &[]).await;
    let text = token(&store, ada, 1, &[Scope::Read], 30).await;
    store.close().await;
    drop(store);
    let service = Service::start_with(folder.path(), &[("ASYNCWARDEN_LOG", "trace")]);
    let api = Api::at(service.address.parse().unwrap()).await;
    assert_eq!(api.get_as(&text, "/api/v1/repositories").await.status, 200);
    assert_eq!(api.get_as(&token_text(2), "/api/v1/repositories").await.status, 401);
    let (_, log) = service.stop();
    assert!(log.contains("/api/v1/repositories"), "{log}");
    let database = Database::open(&settings).await;
    let kept = database.lines("SELECT hex(token_hash) FROM access_tokens").await;
    database.close().await;
    assert_eq!(kept, [hex::encode_upper(Sha256::digest(&text))]);
    for secret in [&text, &token_text(2)] {
        assert!(!log.contains(&secret[4..]) && !log.contains(&kept[0].to_lowercase()), "{log}");
    }
}
