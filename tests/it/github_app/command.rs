//! `asyncwarden github create-app` as a process.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use asyncwarden::forge::simulator::{self, Simulator};

use super::{Browser, SECRETS, assert_credentials, permissions, private_files};

/// The command while it waits for GitHub.
struct Waiting {
    process: Child,
    /// Where its page is.
    address: String,
    errors: BufReader<std::process::ChildStderr>,
}

impl Waiting {
    fn start(github: &str, arguments: &[&str]) -> Self {
        let mut process = command(github, arguments).spawn().unwrap();
        let mut errors = BufReader::new(process.stderr.take().unwrap());
        let mut line = String::new();
        while !line.starts_with("  http://127.0.0.1") {
            line.clear();
            assert_ne!(errors.read_line(&mut line).unwrap(), 0, "it ended at once");
        }
        Self { process, address: line.trim().to_owned(), errors }
    }

    /// Its exit code, and what it printed: for programs, for people.
    fn end(mut self) -> (Option<i32>, String, String) {
        let (mut out, mut err) = (String::new(), String::new());
        self.process.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        self.errors.read_to_string(&mut err).unwrap();
        (self.process.wait().unwrap().code(), out, err)
    }
}

impl Drop for Waiting {
    /// A test that failed leaves no process behind.
    fn drop(&mut self) {
        let _ = self.process.kill();
    }
}

fn command(github: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_asyncwarden"));
    command.args(["github", "create-app", "--url", "https://bot.example", "--github", github]);
    command.args(arguments).env_clear().stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

async fn github() -> (Simulator, simulator::Running) {
    let simulator = Simulator::new();
    let server = simulator.start(0).await.unwrap();
    (simulator, server)
}

#[tokio::test]
async fn the_credentials_go_into_files_of_their_own() {
    let (simulator, server) = github().await;
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("below/app");
    let output = output.to_str().unwrap();
    let more =
        ["--output", output, "--name", "loop-watch", "--resolve-threads", "--no-merge-queue"];
    let waiting = Waiting::start(server.url(), &more);
    let browser = Browser::new();
    let page = browser.get(&waiting.address).await;
    assert!(
        page.policy.contains(&format!("form-action 'self' {} ", server.url())),
        "{}",
        page.policy
    );
    let (action, manifest) = page.manifest_form();
    assert!(action.starts_with(&format!("{}/settings/apps/new?state=", server.url())), "{action}");
    let asked = permissions(&manifest);
    assert_eq!(asked.get("contents").map(String::as_str), Some("write"));
    assert!(!asked.contains_key("merge_queues") && !manifest.contains("merge_group"));
    let (origin, _) = waiting.address.rsplit_once('/').unwrap();
    assert_eq!(browser.get(&format!("{origin}/guessed")).await.status, 404);
    assert_eq!(browser.get(&format!("{origin}/created?code=1&state=2")).await.status, 410);
    let back = browser.confirm(&page).await;
    let done = browser.get(&back).await;
    assert_eq!(done.status, 200, "{}", done.text);
    let (code, out, err) = waiting.end();
    assert_eq!((code, out.as_str()), (Some(0), ""));
    assert!(err.contains(&format!("ASYNCWARDEN_GITHUB_APP_DIR={output}")), "{err}");
    assert!(err.contains("/apps/loop-watch/installations/new"), "{err}");
    assert!(SECRETS.iter().all(|secret| !err.contains(secret)), "{err}");
    let files = private_files(Path::new(output));
    assert_credentials(&files, &format!("{}/api/v3", server.url()), "loop-watch");

    let refused = command(server.url(), &more).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("is there already") && said.contains("--force"), "{said}");
    let forced = [&more[..], &["--force", "--name", "another"]].concat();
    let forced: Vec<&str> =
        forced.iter().copied().filter(|it| !["loop-watch"].contains(it)).collect();
    let at = forced.iter().position(|it| *it == "--name").unwrap();
    let forced = [&forced[..at], &forced[at + 1..]].concat();
    let waiting = Waiting::start(server.url(), &forced);
    let back = browser.confirm(&browser.get(&waiting.address).await).await;
    assert_eq!(browser.get(&back).await.status, 200);
    assert_eq!(waiting.end().0, Some(0));
    let files = private_files(Path::new(output));
    assert_credentials(&files, &format!("{}/api/v3", server.url()), "another");
    assert_eq!(simulator.state().violations, Vec::<String>::new());
    server.stop().await;
}

#[tokio::test]
async fn the_credentials_go_to_standard_output_and_nowhere_else() {
    let (simulator, server) = github().await;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let more = ["--output", "-", "--organization", "acme", "--data-dir", data];
    let waiting = Waiting::start(server.url(), &more);
    let browser = Browser::new();
    let page = browser.get(&waiting.address).await;
    assert!(page.manifest_form().0.contains("/organizations/acme/settings/apps/new"));
    let back = browser.confirm(&page).await;
    // The code was not used: GitHub can be asked again.
    let fault = asyncwarden::forge::simulator::Fault::BadGateway;
    simulator.state().faults.next("POST", "/api/v3/app-manifests/*/conversions", fault);
    assert_eq!(browser.get(&back).await.status, 502);
    assert_eq!(browser.get(&back).await.status, 200);
    let (code, out, err) = waiting.end();
    assert_eq!(code, Some(0), "{err}");
    assert!(SECRETS.iter().all(|secret| !err.contains(secret)), "{err}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is on the disk");
    for name in ["ASYNCWARDEN_GITHUB_APP_ID", "ASYNCWARDEN_GITHUB_CLIENT_SECRET"] {
        assert!(out.lines().any(|line| line.starts_with(&format!("{name}='"))), "{out}");
    }
    // What was printed is what the service takes, as a shell reads it.
    let script = format!("set -a\n{out}\nexec \"$0\" serve --data-dir \"$1\" --listen 127.0.0.1:0");
    let mut service = Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_asyncwarden"), data])
        .env_clear()
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(service.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("listening on http://") {
        assert!(!line.contains("neither GitHub nor GitLab"), "{line}");
        line.clear();
        assert_ne!(log.read_line(&mut line).unwrap(), 0, "it did not start");
    }
    service.kill().unwrap();
    service.wait().unwrap();
    server.stop().await;
}

#[test]
fn what_cannot_work_is_refused_before_anybody_goes_to_github() {
    for (github, more, complaint) in [
        ("github.com", &[][..], "--github"),
        ("https://github.com", &["--name", "n".repeat(35).leak()][..], "--name"),
        ("https://github.com", &["--ca-file", "/nowhere"][..], "ASYNCWARDEN_CA_FILE"),
        ("https://github.com", &["--output", "/proc/nowhere"][..], "can't be kept"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut command = command(github, more);
        command.env("ASYNCWARDEN_DATA_DIR", folder.path());
        let output = command.output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(complaint) && said.lines().count() == 1, "{said}");
    }
}
