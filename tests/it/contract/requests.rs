//! What clients asked of the simulated GitHub.

use std::collections::BTreeSet;
use std::path::Path;

use asyncwarden::forge::simulator::{Request, Simulator};
use serde_json::{Value, json};

/// Keeps what a test's clients asked, where a folder is named for that: `tests/run` has it all judged in the end.
pub(crate) fn keep(simulator: &Simulator) {
    let Ok(folder) = std::env::var("ASYNCWARDEN_TEST_REQUESTS") else { return };
    let state = simulator.state();
    let of_github = |it: &&Request| it.headers.contains_key("x-github-api-version");
    let asked = state.requests.iter().filter(of_github).filter(|it| is_to_the_interface(it));
    let texts: BTreeSet<String> = asked.map(|it| as_json(it).to_string()).collect();
    if texts.is_empty() {
        return;
    }
    let requests: Vec<Value> =
        texts.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    let test = std::thread::current().name().unwrap_or_default().to_owned();
    let kept = json!({ "test": test, "requests": requests });
    let file = format!("{}.json", uuid::Uuid::new_v4());
    std::fs::write(Path::new(&folder).join(file), kept.to_string()).unwrap();
}

/// Whether a request is one to GitHub's interface: archives come from another host, and Apps are confirmed on a page for
/// people.
pub(super) fn is_to_the_interface(request: &Request) -> bool {
    !request.path.starts_with("/codeload/") && request.path != "/settings/apps/new"
}

/// A request with what is of interest of its headers; its address without where the interface is.
pub(super) fn as_json(request: &Request) -> Value {
    // GraphQL is beside the other interface there.
    let (base, path) = match request.path.strip_prefix("/api/v3") {
        Some(path) => ("/api/v3", path),
        None if request.path == "/api/graphql" => ("/api/v3", "/graphql"),
        None => ("", request.path.as_str()),
    };
    let mut headers = request.headers.clone();
    headers.retain(|name, _| !matches!(name.as_str(), "host" | "content-length" | "date"));
    json!({
        "base": base,
        "method": request.method,
        "path": path,
        "query": request.query,
        "headers": headers,
        "body": request.body,
    })
}
