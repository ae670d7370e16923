//! The description has each route, and each route that it has is there.

use std::collections::BTreeSet;

use asyncwarden::settings::StoreSettings;
use asyncwarden::store::Store;
use reqwest::Method;
use serde_json::Value;

use super::world::Api;
use crate::dashboard::{assert_holds, get};

async fn api() -> (tempfile::TempDir, Api) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&StoreSettings::Embedded(folder.path().to_owned())).await.unwrap();
    (folder, Api::serve(store).await)
}

/// Method and path of each operation.
fn operations(api: &Api) -> Vec<(String, String, &Value)> {
    let paths = api.description["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, item)| {
        let item = item.as_object().unwrap().iter();
        item.map(|(method, operation)| (method.to_uppercase(), path.clone(), operation))
    });
    all.collect()
}

#[tokio::test]
async fn each_described_operation_is_there() {
    let (_folder, api) = api().await;
    assert_eq!(api.description["openapi"], "3.1.0");
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&api) {
        let real = path.replace("{id}", "1").replace("{key}", "k").replace("{code}", "AW501");
        let answer = api.ask(method.parse().unwrap(), &real, &[]).await;
        assert!(answer.status != 405, "{method} {path}");
        let unknown = answer.status == 404 && answer.body["detail"] == "there is no such resource";
        assert!(!unknown, "{method} {path}");
        for name in ["summary", "operationId"] {
            assert!(operation[name].as_str().is_some_and(|it| !it.is_empty()), "{method} {path}");
        }
        assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{method} {path}");
        let public = ["/api/v1", "/api/v1/openapi.json", "/api/v1/rules", "/api/v1/rules/{code}"];
        let public = public.contains(&path.as_str());
        assert_eq!(operation["security"].is_null(), public, "{method} {path}");
    }
}

/// Routes are read from the sources: axum does not tell those that it has.
#[tokio::test]
async fn each_route_is_described() {
    let (_folder, api) = api().await;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/web/api");
    let sources = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
    let mut routes = BTreeSet::new();
    for text in sources {
        for part in text.split("#[utoipa::path(").skip(1) {
            let method = part.trim_start().split(',').next().unwrap().to_uppercase();
            let path = part.split("path = \"").nth(1).unwrap().split('"').next().unwrap();
            routes.insert((method, path.to_owned()));
        }
        // The page and the way out are no operations; all else goes through the description.
        let own = text.matches(".route(").count();
        assert!(own == 0 || own == 2 && text.contains(".route(\"/api\""), "{text}");
    }
    let described: BTreeSet<_> =
        operations(&api).into_iter().map(|(method, path, _)| (method, path)).collect();
    assert_eq!(described, routes);
}

#[tokio::test]
async fn each_reference_leads_somewhere() {
    let (_folder, api) = api().await;
    let text = api.description.to_string();
    let references: BTreeSet<_> = text.split("\"$ref\":\"#").skip(1).collect();
    assert!(references.len() > 20);
    for reference in references {
        let pointer = reference.split('"').next().unwrap();
        assert!(api.description.pointer(pointer).is_some(), "{pointer}");
    }
    for (name, schema) in api.description["components"]["schemas"].as_object().unwrap() {
        assert!(text.contains(&format!("#/components/schemas/{name}\"")), "{name} is used");
        let generic = name.starts_with("Page_") || name.starts_with("List_");
        assert!(generic || schema["description"].is_string(), "{name} is explained");
    }
}

#[tokio::test]
async fn the_page_explains_each_operation() {
    let (_folder, api) = api().await;
    let page = get(api.addr, "/api").await;
    assert_holds(&page, &["HTTP/1.1 200", "text/html", "/api/v1/openapi.json"]);
    for (method, path, operation) in operations(&api) {
        let id = operation["operationId"].as_str().unwrap();
        let summary = operation["summary"].as_str().unwrap();
        assert_holds(&page, &[&format!("id=\"{id}\"")]);
        assert_holds(&page, &[&format!("<b>{method}</b> <code>{path}</code> {summary}")]);
    }
    for name in api.description["components"]["schemas"].as_object().unwrap().keys() {
        assert_holds(&page, &[&format!("id=\"shape-{name}\"")]);
    }
    let problem = api.ask(Method::GET, "/api/v1/nowhere", &[]).await;
    let anchor = problem.body["type"].as_str().unwrap().strip_prefix("/api#").unwrap().to_owned();
    assert_holds(&page, &[&format!("id=\"{anchor}\"")]);
    assert_holds(&page, &["integer from 1 to 100, usually 50", "Scope <code>operations</code>"]);
    assert_eq!(
        page.matches("<script").count(),
        page.matches("<script src=\"/assets/live-").count()
    );
    assert!(!page.contains(" style="));
}
