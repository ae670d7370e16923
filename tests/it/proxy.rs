//! A platform that is reached through a proxy, and served below a path.

use std::process::Stdio;
use std::sync::{Arc, Mutex};

use asyncwarden::forge::simulator::{BOT_TOKEN, Level, Simulator};
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use tokio::process::Command;

/// No name server knows it.
const HOST: &str = "gitlab.invalid";

/// A proxy behind which only one server is. Returns its address, and what it was asked for.
async fn proxy(server: String) -> (String, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = asked.clone();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let forward = async move |request: Request| -> Response {
        let (parts, body) = request.into_parts();
        seen.lock().unwrap().push(parts.uri.to_string());
        let path = parts.uri.path_and_query().unwrap().as_str();
        let Some(path) = path.strip_prefix("/git") else {
            return axum::http::StatusCode::BAD_REQUEST.into_response();
        };
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let mut headers = parts.headers;
        headers.remove("host");
        let sent = client.request(parts.method, format!("{server}{path}"));
        let answer = sent.headers(headers).body(body).send().await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut response = Response::new(Body::from(answer.bytes().await.unwrap()));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        response
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, axum::Router::new().fallback(forward)).await });
    (address, asked)
}

#[tokio::test]
async fn the_proxy_of_the_environment_leads_to_other_machines() {
    let simulator = Simulator::new();
    simulator.state().gitlab.bot_level = Some(Level::Admin);
    simulator.state().add_repository("acme/shop", [("app.py", "x = 1\n")]);
    let server = simulator.start(0).await.unwrap();
    let (proxy, asked) = proxy(server.url().to_owned()).await;
    let command = |platform: &str, excepted: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_asyncwarden"));
        command.args(["gitlab", "install-webhook", "acme/shop", "--dry-run"]).env_clear();
        command.env("HTTP_PROXY", &proxy).env("http_proxy", &proxy).env("NO_PROXY", excepted);
        command.env("ASYNCWARDEN_PUBLIC_URL", "https://warden.example.com");
        command.env("ASYNCWARDEN_GITLAB_URL", platform);
        command.env("ASYNCWARDEN_GITLAB_TOKEN", BOT_TOKEN);
        command.env("ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN", "a secret").stdin(Stdio::null());
        command
    };
    let platform = format!("http://{HOST}/git");
    let ended = command(&platform, "").output().await.unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    let through = std::mem::take(&mut *asked.lock().unwrap());
    let below = format!("{platform}/api/v4/");
    assert!(!through.is_empty() && through.iter().all(|it| it.starts_with(&below)), "{through:?}");

    // Without it, nobody knows the host.
    let ended = command(&platform, HOST).output().await.unwrap();
    assert!(!ended.status.success());
    // And no proxy leads to this machine.
    let ended = command(server.url(), "").output().await.unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    assert_eq!(*asked.lock().unwrap(), Vec::<String>::new());
    server.stop().await;
}
