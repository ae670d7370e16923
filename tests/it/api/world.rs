//! A filled store, people with tokens, and a client that believes no answer which is not as described.

use std::net::SocketAddr;

use asyncwarden::forge::RevisionState;
use asyncwarden::settings::StoreSettings;
use asyncwarden::store::Store;
use asyncwarden::store::access_tokens::{self, NewToken, Scope};
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::dashboard::{SLEEP, TASK, change, finding, review, revision, serve};
use crate::database::Database;
use crate::findings_list::settle;
use crate::support::on_every_store_settings;

/// Runs a test on each kind of store, with an empty store and its settings.
pub(crate) async fn on_every_store(test: impl AsyncFn(StoreSettings, Store)) {
    on_every_store_settings(async |settings| {
        let store = Store::open(&settings).await.unwrap();
        test(settings, store.clone()).await;
        store.close().await;
    })
    .await;
}

/// An answer that is as described.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The items of a list.
    pub(crate) fn items(&self) -> &[Value] {
        assert_eq!(self.status, 200, "{self:?}");
        self.body["items"].as_array().unwrap()
    }

    /// A field of each item.
    pub(crate) fn each(&self, pointer: &str) -> Vec<Value> {
        self.items().iter().map(|item| item.pointer(pointer).cloned().unwrap()).collect()
    }
}

/// A service with its description.
pub(crate) struct Api {
    pub(crate) addr: SocketAddr,
    client: reqwest::Client,
    pub(crate) description: Value,
}

impl Api {
    pub(crate) async fn serve(store: Store) -> Self {
        Self::at(serve(store).await).await
    }

    pub(crate) async fn at(addr: SocketAddr) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().gzip(false).build().unwrap();
        let url = format!("http://{addr}/api/v1/openapi.json");
        let text = client.get(url).send().await.unwrap().text().await.unwrap();
        Self { addr, client, description: serde_json::from_str(&text).unwrap() }
    }

    /// Asks without a token.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[]).await
    }

    /// Asks with a token.
    pub(crate) async fn get_as(&self, token: &str, path: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        self.ask(Method::GET, path, &[("authorization", &bearer)]).await
    }

    pub(crate) async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request =
            self.client.request(method.clone(), format!("http://{}{path}", self.addr));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() };
        let answer = Answer { status, headers, body };
        self.check(&method, path, &answer);
        answer
    }

    /// Holds an answer to the description. What is not described is a problem.
    fn check(&self, method: &Method, path: &str, answer: &Answer) {
        let path = path.split('?').next().unwrap();
        let kind = answer.header("content-type");
        let method = method.as_str().to_lowercase();
        let Some(described) =
            self.described(path).filter(|it| !self.operation(it, &method).is_null())
        else {
            assert!(answer.status == 404 || answer.status == 405, "{path}: {answer:?}");
            assert_eq!(kind, "application/problem+json");
            return self.check_body(&answer.body, "/components/schemas/Problem");
        };
        let pointer =
            format!("/paths/{}/{method}/responses/{}", escaped(&described), answer.status.as_u16());
        let response = self.description.pointer(&pointer);
        let response = response.unwrap_or_else(|| panic!("{path} is not described so: {answer:?}"));
        let pointer = response["$ref"].as_str().map_or(pointer, |it| it[1..].to_owned());
        let response = self.description.pointer(&pointer).unwrap();
        for (name, _) in response["headers"].as_object().into_iter().flatten() {
            assert!(answer.headers.contains_key(name), "{path} lacks {name}: {answer:?}");
        }
        match response["content"].as_object() {
            None => assert_eq!(answer.body, Value::Null, "{path}"),
            Some(content) => {
                assert!(content.contains_key(kind), "{path} is {kind}");
                let pointer = format!("{pointer}/content/{}/schema", escaped(kind));
                self.check_body(&answer.body, &pointer);
            }
        }
    }

    fn check_body(&self, body: &Value, pointer: &str) {
        let mut schema = self.description.clone();
        let pointer = pointer.replace('{', "%7B").replace('}', "%7D");
        schema["$ref"] = format!("#{pointer}").into();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<_> = validator.iter_errors(body).map(|it| it.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?} in {body}");
    }

    fn operation(&self, path: &str, method: &str) -> &Value {
        &self.description["paths"][path][method]
    }

    /// The described path that this one is of.
    fn described(&self, path: &str) -> Option<String> {
        let paths = self.description["paths"].as_object().unwrap();
        let is_of = |described: &&String| {
            let (mut parts, mut own) = (described.split('/'), path.split('/'));
            loop {
                match (parts.next(), own.next()) {
                    (None, None) => return true,
                    (Some(part), Some(own)) if part == own || part.starts_with('{') => {}
                    _ => return false,
                }
            }
        };
        paths.keys().filter(|path| !path.contains('{')).chain(paths.keys()).find(is_of).cloned()
    }
}

/// Part of a JSON pointer.
fn escaped(text: &str) -> String {
    text.replace('~', "~0").replace('/', "~1")
}

/// A token as the service makes them.
pub(crate) fn token_text(seed: u64) -> String {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let random = format!("{seed:036}");
    let check = Sha256::digest(&random);
    let check = check.iter().take(6).map(|byte| char::from(ALPHABET[usize::from(*byte) % 62]));
    format!("awp_{random}{}", check.collect::<String>())
}

/// Somebody who can read the repositories of these names. Returns their row.
pub(crate) async fn person(settings: &StoreSettings, login: &str, reads: &[&str]) -> i64 {
    let database = Database::open(settings).await;
    let now = Utc::now().to_rfc3339();
    let names: Vec<_> = reads.iter().map(|name| format!("'{name}'")).collect();
    database
        .execute(&format!(
            "INSERT INTO people (provider, subject, login, readable_at, created_at, signed_in_at)
                VALUES ('github', '{login}', '{login}', '{now}', '{now}', '{now}');
            INSERT INTO readable_repositories (person_id, repository_id)
                SELECT p.id, r.id FROM people p CROSS JOIN repositories r
                WHERE p.login = '{login}' AND r.full_name IN ({});",
            if names.is_empty() { "''".to_owned() } else { names.join(", ") }
        ))
        .await;
    let id = match &database {
        Database::Postgres(pool) => sqlx::query_scalar("SELECT id FROM people WHERE login = $1")
            .bind(login)
            .fetch_one(pool)
            .await
            .unwrap(),
        Database::Sqlite(pool) => sqlx::query_scalar("SELECT id FROM people WHERE login = $1")
            .bind(login)
            .fetch_one(pool)
            .await
            .unwrap(),
    };
    database.close().await;
    id
}

/// Gives a person a token that ends after so many days.
pub(crate) async fn token(
    store: &Store,
    person_id: i64,
    seed: u64,
    scopes: &[Scope],
    days: i64,
) -> String {
    let (text, now) = (token_text(seed), Utc::now());
    let hash = Sha256::digest(&text);
    let expires_at = now + TimeDelta::days(days);
    let new = NewToken { person_id, name: "a script", scopes, hash: &hash, expires_at };
    let mut tx = store.begin().await.unwrap();
    assert!(access_tokens::create(&mut tx, new, now).await.unwrap());
    tx.commit().await.unwrap();
    text
}

/// Two reviews of a change request, and others' repositories. Returns the names of the reviews of `octo/app`.
pub(crate) async fn fill(store: &Store, now: DateTime<Utc>) -> [String; 2] {
    let app = change("octo/app", 7);
    let first = revision(&app, "a", RevisionState::Open);
    let all = vec![
        finding(&SLEEP, "src/a.py", 3),
        finding(&TASK, "src/a.py", 9),
        finding(&TASK, "src/b.py", 4),
    ];
    let old = review(store, &first, all, now - TimeDelta::days(8)).await;
    settle(store, 7, &finding(&TASK, "src/b.py", 4), now - TimeDelta::days(2)).await;
    let second = revision(&app, "b", RevisionState::Open);
    let rest = vec![finding(&TASK, "src/a.py", 9), finding(&TASK, "src/b.py", 4)];
    let new = review(store, &second, rest, now - TimeDelta::days(1)).await;
    let merged = revision(&change("octo/secret", 2), "c", RevisionState::Merged);
    review(store, &merged, vec![finding(&SLEEP, "x.py", 1)], now - TimeDelta::hours(3)).await;
    let other = revision(&change("group/sub/api", 1), "d", RevisionState::Open);
    review(store, &other, Vec::new(), now - TimeDelta::hours(2)).await;
    [old, new]
}

/// The number of the repository of a name.
pub(crate) async fn repository(api: &Api, name: &str) -> i64 {
    let found = api.get(&format!("/api/v1/repositories?q={name}")).await;
    assert_eq!(found.each("/full_name"), [json!(name)]);
    found.items()[0]["id"].as_i64().unwrap()
}
