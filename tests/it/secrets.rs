//! Secrets: in no log, answer, error or file of the store, at the loudest level, through all that the service does.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::oauth::{APPLICATION_ID, CLIENT_SECRET};
use asyncwarden::forge::simulator::{
    APP_CLIENT_ID, APP_PRIVATE_KEY, BOT_TOKEN, Event, NewChange, Receiver, Signing, Simulator,
    WEBHOOK_SECRET,
};
use asyncwarden::settings::Arguments;
use clap::Parser;

use crate::sign_in::browser::Browser;

const CODE: &str = "import time\n\n\nasync def poll():\n    time.sleep(1)\n";
const SESSION_KEY: &str = "session-key-that-nobody-may-see-0123456789";
const OPERATOR_TOKEN: &str = "operator-token-that-nobody-may-see";
const OIDC_SECRET: &str = "oidc-secret-that-nobody-may-see";
const DATABASE_PASSWORD: &str = "database-password-that-nobody-may-see";

/// The lines of the App's key, but for the last, short one.
fn key_lines() -> impl Iterator<Item = &'static str> {
    APP_PRIVATE_KEY.lines().filter(|line| line.len() == 64 && !line.contains(' '))
}

/// What nobody may see, with its name. Tokens that a platform gives out are known by how they begin.
fn secrets() -> Vec<(&'static str, String)> {
    let mut all: Vec<(&str, String)> =
        key_lines().map(|line| ("private key", line.to_owned())).collect();
    all.extend([
        ("webhook secret", WEBHOOK_SECRET.to_owned()),
        ("bot's token", BOT_TOKEN.to_owned()),
        ("client secret", CLIENT_SECRET.to_owned()),
        ("session key", SESSION_KEY.to_owned()),
        ("operator's token", OPERATOR_TOKEN.to_owned()),
        ("client secret of OpenID", OIDC_SECRET.to_owned()),
        ("database's password", DATABASE_PASSWORD.to_owned()),
        ("installation token", "ghs_".to_owned()),
        ("person's token", "ghu_".to_owned()),
        ("refresh token", "ghr_".to_owned()),
        ("code of a sign-in", "code00000".to_owned()),
        ("App's word", "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9".to_owned()),
    ]);
    all
}

fn assert_tells_none(what: &str, text: &[u8]) {
    for (name, secret) in secrets() {
        let found = memchr::memmem::find(text, secret.as_bytes());
        let Some(at) = found else { continue };
        let around = &text[at.saturating_sub(300)..(at + 300).min(text.len())];
        panic!("{what} tells the {name}: …{}…", String::from_utf8_lossy(around));
    }
}

/// The settings that name all secrets; the files that they name are in the folder.
fn environment(platform: &str, folder: &Path, url: &str) -> BTreeMap<&'static str, String> {
    let key = folder.join("key.pem");
    std::fs::write(&key, APP_PRIVATE_KEY).unwrap();
    BTreeMap::from([
        ("ASYNCWARDEN_LISTEN", url.trim_start_matches("http://").to_owned()),
        ("ASYNCWARDEN_PUBLIC_URL", url.to_owned()),
        ("ASYNCWARDEN_DATA_DIR", folder.join("data").display().to_string()),
        ("ASYNCWARDEN_LOG", "trace".to_owned()),
        ("ASYNCWARDEN_WRITE_SECS", "0.001".to_owned()),
        ("ASYNCWARDEN_GITHUB_API_URL", platform.to_owned()),
        ("ASYNCWARDEN_GITHUB_APP_ID", "4711".to_owned()),
        ("ASYNCWARDEN_GITHUB_PRIVATE_KEY_FILE", key.display().to_string()),
        ("ASYNCWARDEN_GITHUB_WEBHOOK_SECRET", WEBHOOK_SECRET.to_owned()),
        ("ASYNCWARDEN_GITHUB_CLIENT_ID", APP_CLIENT_ID.to_owned()),
        ("ASYNCWARDEN_GITHUB_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
        ("ASYNCWARDEN_GITLAB_URL", platform.to_owned()),
        ("ASYNCWARDEN_GITLAB_TOKEN", BOT_TOKEN.to_owned()),
        ("ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN", WEBHOOK_SECRET.to_owned()),
        ("ASYNCWARDEN_GITLAB_CLIENT_ID", APPLICATION_ID.to_owned()),
        ("ASYNCWARDEN_GITLAB_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
        ("ASYNCWARDEN_SESSION_KEY", SESSION_KEY.to_owned()),
        ("ASYNCWARDEN_OPERATOR_TOKEN", OPERATOR_TOKEN.to_owned()),
        ("ASYNCWARDEN_ADMINS", "github:boss".to_owned()),
    ])
}

/// The program, whose log goes to a file, so that it never waits for a reader.
struct Loud {
    process: Child,
    log: PathBuf,
}

impl Loud {
    fn start(folder: &Path, environment: &BTreeMap<&'static str, String>) -> Self {
        let log = folder.join("log");
        let process = Command::new(env!("CARGO_BIN_EXE_asyncwarden"))
            .arg("serve")
            .env_clear()
            .envs(environment)
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        Self { process, log }
    }

    fn log(&self) -> Vec<u8> {
        std::fs::read(&self.log).unwrap()
    }

    fn stop(mut self) -> Vec<u8> {
        let killed = Command::new("kill").arg(self.process.id().to_string()).status().unwrap();
        assert!(killed.success());
        self.process.wait().unwrap();
        self.log()
    }
}

impl Drop for Loud {
    /// A test that failed leaves no process behind.
    fn drop(&mut self) {
        let _ = self.process.kill();
    }
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}

async fn review(simulator: &Simulator, repository: i64, url: &str, forge: ForgeKind) {
    let branch = format!("feature-{}", forge.as_str());
    simulator.state().push(repository, &branch, [("app.py", Some(CODE))]);
    let change = NewChange::from_branch(&branch, "Poll");
    let number = simulator.state().open_change(repository, change);
    let signing = match forge {
        ForgeKind::GitHub => Signing::Digest(WEBHOOK_SECRET.to_owned()),
        ForgeKind::GitLab => Signing::Token(WEBHOOK_SECRET.to_owned()),
    };
    let url = format!("{url}/webhooks/{}", forge.as_str());
    let receiver = Receiver { url, forge, signing };
    let payload = simulator.payload(forge, repository, number, &Event::Opened);
    let id = uuid::Uuid::new_v4().to_string();
    assert_eq!(simulator.send(&receiver, &payload, &id).await.unwrap(), 202);
    let forged = Receiver { signing: Signing::Digest("guessed".to_owned()), ..receiver };
    assert_eq!(simulator.send(&forged, &payload, &id).await.unwrap(), 401);
    let head = simulator.state().change(repository, number).unwrap().head().to_owned();
    let ended = simulator.wait_for(Duration::from_secs(120), |state| {
        let checks = state.checks.iter().any(|it| it.head_sha == head && it.conclusion.is_some());
        let failed = |state: &str| state == "failed";
        let statuses = state.statuses.iter().any(|it| it.sha == head && failed(&it.state));
        (checks || statuses).then_some(())
    });
    ended.await.expect("the review ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_review_and_a_whole_visit_tell_no_secret() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let simulator = Simulator::new();
    simulator.state().add_person("boss", false);
    let repository = simulator.state().add_repository("acme/shop", [("app.py", "import time\n")]);
    let server = simulator.start(0).await.unwrap();
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let folder = tempfile::tempdir().unwrap();
    let service = Loud::start(folder.path(), &environment(simulator.url(), folder.path(), &url));
    let mut browser = Browser::new();
    let listens = async {
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        while client.get(format!("{url}/healthz")).send().await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), listens).await.expect("it listens");
    for forge in [ForgeKind::GitHub, ForgeKind::GitLab] {
        review(&simulator, repository, &url, forge).await;
    }
    for forge in ["gitlab", "github"] {
        simulator.state().oauth.callbacks.push(format!("{url}/sign-in/{forge}/callback"));
        simulator.state().oauth.visitor = Some("boss".to_owned());
        let page = browser.open(&format!("{url}/sign-in/{forge}")).await;
        assert_eq!(page.status, 200, "{}", page.body);
    }
    for path in [
        "/",
        "/changes",
        "/findings",
        "/findings.json",
        "/findings.csv",
        "/operations",
        "/setup",
        "/account/tokens",
        "/api",
        "/api/v1/me",
        "/api/v1/reviews",
        "/api/v1/operations",
        "/healthz",
        "/readyz",
        "/nowhere",
        "/sign-in",
        "/setup/github",
    ] {
        let page = browser.get(&format!("{url}{path}")).await;
        assert_ne!(page.status, 500, "{path}");
        let head = format!("{:?} {:?}", page.location, browser.set);
        assert_tells_none(path, head.as_bytes());
        assert_tells_none(path, page.body.as_bytes());
    }
    assert!(browser.get(&format!("{url}/")).await.body.contains("acme/shop"));
    let log = service.stop();
    let said = String::from_utf8_lossy(&log);
    for word in ["TRACE", "reviewed", "/sign-in/{provider}/callback", "/webhooks/{platform}"] {
        assert!(said.contains(word), "the log says nothing of {word}");
    }
    assert_tells_none("the log", &log);
    for (file, bytes) in files(&folder.path().join("data")).iter().map(|it| (it, std::fs::read(it)))
    {
        assert_tells_none(&file.display().to_string(), &bytes.unwrap());
    }
    server.stop().await;
}

#[derive(Debug, Parser)]
struct Given {
    #[command(flatten)]
    settings: Arguments,
}

#[test]
fn settings_print_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let environment = environment("http://127.0.0.1:9", folder.path(), "http://127.0.0.1:1");
    let flag =
        |name: &str| name.trim_start_matches("ASYNCWARDEN_").to_lowercase().replace('_', "-");
    let mut given: Vec<String> = vec!["asyncwarden".to_owned()];
    for (name, value) in &environment {
        given.push(format!("--{}={value}", flag(name)));
    }
    given.push("--oidc-issuer=https://id.example".to_owned());
    given.push("--oidc-client-id=x".to_owned());
    given.push(format!("--oidc-client-secret={OIDC_SECRET}"));
    given.push(format!("--database-url=postgres://a:{DATABASE_PASSWORD}@db.example/a"));
    given.push(format!("--database-listen-url=postgres://a:{DATABASE_PASSWORD}@db.example/a"));
    let arguments = Given::try_parse_from(&given).unwrap().settings;
    assert_tells_none("the arguments", format!("{arguments:?} {arguments:#?}").as_bytes());
    let settings = arguments.resolve().unwrap();
    let printed = format!("{settings:?} {settings:#?}");
    assert!(printed.contains("127.0.0.1:1"), "{printed}");
    assert_tells_none("the settings", printed.as_bytes());
}

#[test]
fn a_secret_in_a_wrong_place_is_not_in_the_error() {
    let folder = tempfile::tempdir().unwrap();
    let right = environment("http://127.0.0.1:9", folder.path(), "http://127.0.0.1:1");
    let body: String = key_lines().collect();
    let url = format!("https://x:{BOT_TOKEN}@git.example");
    for (name, value) in [
        ("DATABASE_URL", format!("mysql://a:{DATABASE_PASSWORD}@db.example/a")),
        ("DATABASE_URL", format!("postgres://a:{DATABASE_PASSWORD}@db.example:port/a")),
        ("DATABASE_URL", format!("postgres://a:{DATABASE_PASSWORD}@127.0.0.1:9/a")),
        ("ASYNCWARDEN_GITHUB_PRIVATE_KEY", body.clone()),
        ("ASYNCWARDEN_GITHUB_PRIVATE_KEY", format!("-----BEGIN X-----\n{body}")),
        ("ASYNCWARDEN_GITHUB_API_URL", url.clone()),
        ("ASYNCWARDEN_GITLAB_URL", url.clone()),
        ("ASYNCWARDEN_PUBLIC_URL", url),
        ("ASYNCWARDEN_GITLAB_TOKEN", format!("{BOT_TOKEN}\u{7f}x")),
        ("ASYNCWARDEN_GITLAB_SIGNING_TOKEN", format!("{WEBHOOK_SECRET}x")),
        ("ASYNCWARDEN_SESSION_KEY", SESSION_KEY[..20].to_owned()),
    ] {
        let mut wrong = right.clone();
        if name == "ASYNCWARDEN_GITHUB_PRIVATE_KEY" {
            wrong.remove("ASYNCWARDEN_GITHUB_PRIVATE_KEY_FILE");
        }
        wrong.insert(name, value.clone());
        let out = Command::new(env!("CARGO_BIN_EXE_asyncwarden"))
            .arg("serve")
            .env_clear()
            .envs(&wrong)
            .output()
            .unwrap();
        let said = [out.stdout, out.stderr].concat();
        assert_eq!(out.status.code(), Some(2), "{name}: {}", String::from_utf8_lossy(&said));
        assert!(memchr::memmem::find(&said, value.as_bytes()).is_none(), "{name}");
        assert_tells_none(name, &said);
    }
}
