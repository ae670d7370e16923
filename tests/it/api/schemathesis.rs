//! Schemathesis, which others wrote, asks for all that is described and for much that is not, and finds nothing.

use std::time::Duration;

use asyncwarden::app::{App, Running};
use asyncwarden::cli::demo_history;
use asyncwarden::forge::simulator::Simulator;
use asyncwarden::forge::{ChangeRequest, ForgeKind, RepositoryRef};
use asyncwarden::settings::{DashboardAccess, Settings, StoreSettings};
use asyncwarden::store::access_tokens::Scope;
use asyncwarden::store::jobs::{self, Asked};
use chrono::Utc;
use serde_json::{Value, json};

use super::world::{Api, person, token};
use crate::contract::python;
use crate::support::Database;

/// A service with a history and dead letters, at which one has to prove oneself; and an admin's token for it.
async fn start(store: StoreSettings) -> (Running, String) {
    let mut settings = Settings::on(store.clone());
    settings.listen = "127.0.0.1:0".to_owned();
    settings.workers = 1;
    settings.sign_in.access = DashboardAccess::SignIn;
    settings.sign_in.admins = vec!["github:boss".to_owned()];
    let app = App::start(settings).await.unwrap();
    let (simulator, forge) = (Simulator::new(), ForgeKind::GitHub);
    let platform = "https://forge.example";
    demo_history::fill(&app.store, &simulator, platform, forge, Utc::now()).await.unwrap();
    let mut tx = app.store.begin().await.unwrap();
    for number in 1..=9 {
        let repository = RepositoryRef {
            forge,
            external_id: 4711,
            full_name: "acme/given-up".to_owned(),
            installation_id: None,
        };
        let change = ChangeRequest { repository, number };
        jobs::enqueue(&mut tx, &change, Asked::Changed, Utc::now()).await.unwrap();
        let lease = Duration::from_secs(60);
        let job = jobs::claim(&mut tx, Utc::now(), lease).await.unwrap().unwrap();
        jobs::bury(&mut tx, &job, "404", Utc::now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    let boss = person(&store, "boss", &[]).await;
    let scopes = [Scope::Read, Scope::Operations];
    let token = token(&app.store, boss, 1, &scopes, 1).await;
    (app, token)
}

/// What Schemathesis says of a service with a description; `None` where it is not installed.
async fn test(api: &Api, token: &str, description: Value, filters: &[&str]) -> Option<Value> {
    let input = json!({
        "description": description,
        "service": format!("http://{}", api.addr),
        "token": token,
        "filters": filters,
    });
    let running = tokio::task::spawn_blocking(move || python::run("described_api.py", &input));
    running.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::create().await;
    let store = match &database {
        Some(database) => database.settings(),
        None => StoreSettings::Embedded(folder.path().to_owned()),
    };
    let (app, token) = start(store).await;
    let api = Api::at(app.addr).await;
    assert_eq!(api.get("/api/v1/repositories").await.status, 401);
    assert_eq!(api.get_as(&token, "/api/v1/repositories").await.items().len(), 7);

    // It does find what is wrong.
    let mut wrong = api.description.clone();
    wrong["components"]["schemas"]["Me"]["properties"]["is_admin"]["type"] = "integer".into();
    let only_me = ["--include-path", "/api/v1/me"];
    let Some(told) = test(&api, &token, wrong, &only_me).await else { return };
    let said = told["said"].as_str().unwrap();
    assert!(told["code"] == 1 && said.contains("true is not of type \"integer\""), "{said}");

    let told = test(&api, &token, api.description.clone(), &[]).await.unwrap();
    let said = told["said"].as_str().unwrap();
    assert!(told["code"] == 0, "{said}");
    let operations = api.description["paths"].as_object().unwrap().len();
    assert!(said.contains(&format!("Tested: {operations}")), "{said}");
    assert!(!said.contains("WARNINGS"), "{said}");
    app.shutdown().await;
    if let Some(database) = database {
        database.remove().await;
    }
}
