//! Sign-in through an OpenID provider, honest and not.

use std::sync::{Arc, Mutex};

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::identity::ClientCredentials;
use asyncwarden::forge::simulator::{APP_PRIVATE_KEY, INSTALLATION_ID};
use asyncwarden::settings::{OidcSettings, StoreSettings};
use axum::extract::{Query, State};
use axum::response::Redirect;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Utc;
use ring::rand::SystemRandom;
use ring::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use rustls_pki_types::PrivatePkcs1KeyDer;
use rustls_pki_types::pem::PemObject;
use serde_json::{Value, json};
use std::collections::BTreeMap;

use super::browser::{Browser, Page};
use super::world::World;
use crate::support::on_every_store_settings;

const CLIENT: &str = "dashboard";

/// Changes an ID token's header and claims.
type Twist = fn(&mut Value, &mut Value);

/// What a provider does, and what it does wrong.
#[derive(Clone)]
struct Provider {
    url: Arc<Mutex<String>>,
    nonce: Arc<Mutex<String>>,
    /// Changes the ID token's header and claims.
    twist: Twist,
    /// Whose login its userinfo endpoint says, and of whom.
    info: (&'static str, &'static str),
    /// Signs with another key than it shows.
    wrong_key: bool,
}

impl Provider {
    fn honest() -> Self {
        Self {
            url: Arc::default(),
            nonce: Arc::default(),
            twist: |_, _| {},
            info: ("u-1", "reader"),
            wrong_key: false,
        }
    }

    /// Serves it; returns its issuer.
    async fn start(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/realm", listener.local_addr().unwrap());
        *self.url.lock().unwrap() = url.clone();
        let router = Router::new()
            .route("/realm/.well-known/openid-configuration", get(describe))
            .route("/realm/authorize", get(authorize))
            .route("/realm/token", post(token))
            .route("/realm/keys", get(keys))
            .route("/realm/userinfo", get(userinfo))
            .with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        url
    }
}

async fn describe(State(provider): State<Provider>) -> Json<Value> {
    let url = provider.url.lock().unwrap().clone();
    Json(json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/keys"),
        "userinfo_endpoint": format!("{url}/userinfo"),
        "response_types_supported": ["code"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }))
}

async fn authorize(
    State(provider): State<Provider>,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Redirect {
    assert_eq!(asked["scope"], "openid profile email");
    assert_eq!(asked["code_challenge_method"], "S256");
    *provider.nonce.lock().unwrap() = asked["nonce"].clone();
    let state = &asked["state"];
    Redirect::to(&format!("{}?code=once&state={state}", asked["redirect_uri"]))
}

fn key() -> RsaKeyPair {
    let der = PrivatePkcs1KeyDer::from_pem_slice(APP_PRIVATE_KEY.as_bytes()).unwrap();
    RsaKeyPair::from_der(der.secret_pkcs1_der()).unwrap()
}

async fn keys(State(provider): State<Provider>) -> Json<Value> {
    let public: ring::signature::RsaPublicKeyComponents<Vec<u8>> = key().public_key().into();
    let mut modulus = public.n;
    if provider.wrong_key {
        modulus[7] ^= 2;
    }
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    Json(json!({ "keys": [
        { "kty": "RSA", "kid": "one", "use": "sig", "alg": "RS256", "n": text(&modulus), "e": text(&public.e) },
    ] }))
}

async fn token(State(provider): State<Provider>, headers: axum::http::HeaderMap) -> Json<Value> {
    let secret = base64::engine::general_purpose::STANDARD.encode(format!("{CLIENT}:hush"));
    assert_eq!(headers["authorization"], format!("Basic {secret}"));
    let now = Utc::now().timestamp();
    let mut header = json!({ "alg": "RS256", "kid": "one", "typ": "JWT" });
    let mut claims = json!({
        "iss": *provider.url.lock().unwrap(),
        "aud": CLIENT,
        "sub": "u-1",
        "nonce": *provider.nonce.lock().unwrap(),
        "iat": now,
        "exp": now + 300,
        "preferred_username": "reader",
    });
    (provider.twist)(&mut header, &mut claims);
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&header), part(&claims));
    let key = key();
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
    let signature = match header["alg"].as_str() {
        Some("none") => String::new(),
        _ => URL_SAFE_NO_PAD.encode(signature),
    };
    let mut answer = json!({ "access_token": "at", "token_type": "Bearer", "expires_in": 300 });
    if header["alg"] != "absent" {
        answer["id_token"] = json!(format!("{signed}.{signature}"));
    }
    Json(answer)
}

async fn userinfo(State(provider): State<Provider>) -> Json<Value> {
    let (sub, login) = provider.info;
    Json(json!({ "sub": sub, "preferred_username": login }))
}

/// Signs in; the browser, and where it ended.
async fn sign_in(
    store: StoreSettings,
    provider: &Provider,
    forge: ForgeKind,
    platform: Option<ForgeKind>,
) -> (World, Browser, Page) {
    let issuer = provider.start().await;
    let world = World::start(store, forge, |settings, _| {
        settings.sign_in.github = None;
        settings.sign_in.gitlab = None;
        settings.sign_in.admins = vec!["oidc:boss".to_owned()];
        settings.sign_in.oidc = Some(OidcSettings {
            issuer: issuer.parse().unwrap(),
            client: ClientCredentials { id: CLIENT.to_owned(), secret: "hush".into() },
            login_claim: "preferred_username".to_owned(),
            platform,
        });
    })
    .await;
    if forge == ForgeKind::GitHub {
        let mut tx = world.app.store.begin().await.unwrap();
        let (id, now) = (world.mine.external_id, Utc::now());
        let installation = asyncwarden::store::installations::became(
            &mut tx,
            forge,
            INSTALLATION_ID,
            Some("acme"),
            asyncwarden::store::installations::Became::Present,
            now,
        );
        let installation = installation.await.unwrap().id;
        let all = [id, world.other.external_id];
        asyncwarden::store::installations::take_in(&mut tx, forge, installation, &all)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
    let mut browser = Browser::new();
    let page = browser.open(&world.at("/sign-in/oidc")).await;
    (world, browser, page)
}

#[tokio::test]
async fn whoever_signs_in_sees_what_their_login_can_read() {
    on_every_store_settings(async |store| {
        for forge in ForgeKind::ALL {
            let provider = Provider::honest();
            let (world, _, page) = sign_in(store.clone(), &provider, forge, Some(forge)).await;
            assert_eq!(page.status, 200, "{}", page.body);
            assert!(page.body.contains("acme/mine"), "{forge:?}: {}", page.body);
            assert!(!page.body.contains("acme/other"), "{forge:?}: {}", page.body);
            world.stop().await;
        }
    })
    .await;
}

#[tokio::test]
async fn without_a_platform_they_see_nothing_unless_they_are_an_admin() {
    let provider = Provider::honest();
    let folder = tempfile::tempdir().unwrap();
    let store = StoreSettings::Embedded(folder.path().to_owned());
    let (world, _, page) = sign_in(store.clone(), &provider, ForgeKind::GitHub, None).await;
    assert!(!page.body.contains("acme/mine"), "{}", page.body);
    world.stop().await;
    let boss = |_: &mut Value, claims: &mut Value| claims["preferred_username"] = json!("boss");
    let provider = Provider { twist: boss, ..Provider::honest() };
    let (world, _, page) = sign_in(store.clone(), &provider, ForgeKind::GitHub, None).await;
    assert!(page.body.contains("acme/mine") && page.body.contains("acme/other"), "{}", page.body);
    world.stop().await;
    // The claim is only where the owner of the token is described.
    let elsewhere = |_: &mut Value, claims: &mut Value| {
        claims.as_object_mut().unwrap().remove("preferred_username");
    };
    let provider = Provider { twist: elsewhere, info: ("u-1", "boss"), ..Provider::honest() };
    let (world, _, page) = sign_in(store, &provider, ForgeKind::GitHub, None).await;
    assert!(page.body.contains("acme/other"), "{}", page.body);
    world.stop().await;
}

#[tokio::test]
async fn an_id_token_that_is_not_as_it_has_to_be_signs_nobody_in() {
    let twists: [(&str, Twist); 12] = [
        ("of another issuer", |_, claims| claims["iss"] = json!("https://evil.example")),
        ("for another client", |_, claims| claims["aud"] = json!("other")),
        ("made for another client", |_, claims| {
            claims["aud"] = json!([CLIENT, "other"]);
            claims["azp"] = json!("other");
        }),
        ("of another sign-in", |_, claims| claims["nonce"] = json!("x")),
        ("of no sign-in", |_, claims| drop(claims.as_object_mut().unwrap().remove("nonce"))),
        ("over", |_, claims| claims["exp"] = json!(Utc::now().timestamp() - 3600)),
        ("without an end", |_, claims| drop(claims.as_object_mut().unwrap().remove("exp"))),
        ("of nobody", |_, claims| drop(claims.as_object_mut().unwrap().remove("sub"))),
        ("not signed", |header, _| header["alg"] = json!("none")),
        ("signed with the client's secret", |header, _| header["alg"] = json!("HS256")),
        ("signed with an unknown key", |header, _| header["kid"] = json!("two")),
        ("not there", |header, _| header["alg"] = json!("absent")),
    ];
    let folder = tempfile::tempdir().unwrap();
    let store = StoreSettings::Embedded(folder.path().to_owned());
    let refused = async |what: &str, provider: Provider| {
        let (world, mut browser, page) =
            sign_in(store.clone(), &provider, ForgeKind::GitHub, None).await;
        assert_eq!(page.status, 400, "{what}: {}", page.body);
        assert_eq!(browser.get(&world.at("/")).await.status, 303, "{what}");
        world.stop().await;
    };
    for (what, twist) in twists {
        refused(what, Provider { twist, ..Provider::honest() }).await;
    }
    refused("signed with another key", Provider { wrong_key: true, ..Provider::honest() }).await;
    let silent = |_: &mut Value, claims: &mut Value| {
        claims.as_object_mut().unwrap().remove("preferred_username");
    };
    let provider = Provider { twist: silent, info: ("u-2", "boss"), ..Provider::honest() };
    refused("described as somebody else", provider).await;
}
