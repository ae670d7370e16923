//! The pages in a real browser: Chromium looks at a service whose store has a made-up history.

mod charts;
mod colours;
mod sign_in;
mod ways;

use std::net::SocketAddr;

use asyncwarden::cli::demo_history;
use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::Simulator;
use asyncwarden::settings::StoreSettings;
use asyncwarden::store::Store;
use chrono::Utc;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::contract::node;
use crate::dashboard::serve;
use crate::database::Database;

/// The repository that is looked at most: it has something of everything.
const REPOSITORY: &str = "acme/botkit";
const REPOSITORY_PATH: &str = "/repositories/github/acme/botkit";

/// A service with something to see.
struct Scene {
    addr: SocketAddr,
    database: Database,
    _folder: TempDir,
}

impl Scene {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = StoreSettings::Embedded(folder.path().to_owned());
        let store = Store::open(&settings).await.unwrap();
        let (simulator, forge) = (Simulator::new(), ForgeKind::GitHub);
        let platform = "https://forge.example";
        demo_history::fill(&store, &simulator, platform, forge, Utc::now()).await.unwrap();
        let database = Database::open(&settings).await;
        Self { addr: serve(store).await, database, _folder: folder }
    }

    /// Runs a script with this service's address and more; `None` where there is no driver.
    async fn look(&self, script: &'static str, mut told: Value) -> Option<Value> {
        told["address"] = json!(format!("http://{}", self.addr));
        let running =
            tokio::task::spawn_blocking(move || node::run_in("tests/browser", script, &told));
        running.await.unwrap()
    }

    /// The one line that a query gives.
    async fn line(&self, sql: &'static str) -> String {
        self.database.lines(sql).await.into_iter().next().unwrap()
    }

    /// Each kind of page, full and empty, with the status that it has.
    async fn pages(&self) -> Value {
        let failed = self
            .line("SELECT key FROM reviews WHERE conclusion = 'failed' ORDER BY critical + high + medium DESC LIMIT 1")
            .await;
        let passed = self.line("SELECT key FROM reviews WHERE conclusion = 'passed' LIMIT 1").await;
        let change = self
            .line(
                "SELECT r.full_name || '/' || c.number FROM change_requests c JOIN repositories r ON r.id = c.repository_id
                WHERE c.id = (SELECT change_request_id FROM findings WHERE state = 'settled' LIMIT 1)",
            )
            .await;
        let paths = [
            "/".to_owned(),
            REPOSITORY_PATH.to_owned(),
            "/repositories/github/acme/node-agent".to_owned(),
            "/?sort=open&severity=critical".to_owned(),
            "/?name=nowhere".to_owned(),
            "/changes".to_owned(),
            "/changes?state=merged&verdict=failed".to_owned(),
            format!("/changes/github/{change}"),
            format!("/reviews/{failed}"),
            format!("/reviews/{passed}"),
            "/findings".to_owned(),
            "/findings?state=settled&severity=critical".to_owned(),
            "/findings?path=nowhere".to_owned(),
            "/rules".to_owned(),
            "/rules/AW501".to_owned(),
            "/operations".to_owned(),
            "/setup".to_owned(),
            "/account/tokens".to_owned(),
            "/api".to_owned(),
        ];
        let found = paths.map(|path| json!({ "path": path, "status": 200 }));
        let missing = json!({ "path": "/nowhere", "status": 404 });
        Value::from_iter(found.into_iter().chain([missing]))
    }
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

#[tokio::test]
async fn every_page_is_whole_in_both_themes_and_on_a_phone() {
    let scene = Scene::new().await;
    let Some(told) = scene.look("pages.mjs", json!({ "pages": scene.pages().await })).await else {
        return;
    };
    assert!(texts(&told["found"]).is_empty(), "{:#?}", told["found"]);
    assert_eq!(told["looked"], 4 * 20, "four views of each page");
}

#[tokio::test]
async fn no_page_keeps_anybody_out() {
    let scene = Scene::new().await;
    let Some(told) = scene.look("access.mjs", json!({ "pages": scene.pages().await })).await else {
        return;
    };
    let found = texts(&told["found"]);
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(told["rules"].as_u64().unwrap() > 500, "{}", told["rules"]);
}
