//! `asyncwarden demo` as a process: what it prints, what it serves, how it ends.

mod history;

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

use super::change::git;

/// Runs the demo in surroundings that say nothing about the service.
fn demo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_asyncwarden"));
    command.arg("demo").args(arguments).env_clear().stdin(Stdio::null());
    command
}

fn once(forge: &str) -> (Output, String) {
    let output = demo(&["--forge", forge, "--once"]).output().unwrap();
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    (output, text)
}

/// Number of the line of the bundled head that holds this text.
fn line_of(file: &str, text: &str) -> usize {
    let path = format!("{}/src/cli/demo/sample/head/{file}", env!("CARGO_MANIFEST_DIR"));
    let content = std::fs::read_to_string(path).unwrap();
    content.lines().position(|line| line.contains(text)).unwrap() + 1
}

/// What the comment below this line of the bundled head says; empty when there is none.
fn comment<'a>(shown: &'a str, file: &str, text: &str) -> &'a str {
    let heading = format!("-- {file}:{} --", line_of(file, text));
    let after = shown.split_once(&heading).map_or("", |(_, after)| after);
    after.split_once("\n-- ").map_or(after, |(comment, _)| comment)
}

#[test]
fn it_shows_a_review_with_comments_summary_and_a_failed_check() {
    for (forge, check) in [("github", "failure"), ("gitlab", "failed")] {
        let (output, shown) = once(forge);
        assert!(output.status.success(), "{forge}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{forge} is quiet");
        for (file, text, code) in [
            ("orders/prices.py", "time.sleep(PAUSE", "AW501"),
            ("orders/stock.py", "requests.get(", "AW502"),
            ("orders/reports.py", "open(folder", "AW503"),
            ("orders/repository.py", "sqlite3.connect(", "AW504"),
            ("orders/stock.py", "subprocess.run(", "AW104"),
            ("orders/worker.py", "self._reserve_replacements(order)", "AW202"),
            ("orders/worker.py", "asyncio.create_task(", "AW206"),
            ("orders/webhooks.py", "asyncio.run(", "AW204"),
            ("orders/webhooks.py", "except:", "AW216"),
            ("orders/worker.py", "except (asyncio.CancelledError", "AW213"),
            ("orders/prices.py", "asyncio.gather(", "AW209"),
            ("orders/prices.py", "aiohttp.ClientSession(", "AW601"),
            ("orders/repository.py", "await connection.close()", "AW301"),
        ] {
            let comment = comment(&shown, file, text);
            assert!(comment.contains(code), "{forge}: {code} at {text} in\n{shown}");
        }
        // What was there before, and what only looks like a defect, stays without a comment.
        for (file, text) in [
            ("orders/reports.py", "time.sleep(1)"),
            ("orders/reports.py", "asyncio.to_thread(path.write_text"),
            ("orders/stock.py", "asyncio.to_thread(label.rename"),
        ] {
            assert_eq!(comment(&shown, file, text), "", "{forge}: {text}");
        }
        assert!(shown.contains("\n-- Summary by asyncwarden"), "{forge}: {shown}");
        assert!(shown.contains(&format!("    {check}: ")), "{forge}: {shown}");
        assert!(!shown.contains("<!--") && !shown.contains("<sub>"), "{forge}: raw HTML");
        assert!(!shown.contains('\u{1b}'), "{forge}: colours in a pipe");
    }
}

/// A demo that stays, ended when the test is over.
struct Staying(Child);

impl Drop for Staying {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn its_pages_can_be_read_until_it_is_told_to_stop() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = demo(&["--forge", "github"]);
    command.env("TMPDIR", folder.path()).stdout(Stdio::piped());
    let mut child = Staying(command.spawn().unwrap());
    let mut lines = BufReader::new(child.0.stdout.take().unwrap()).lines();
    let mut address = |name: &str| {
        let line = lines.find(|line| line.as_ref().unwrap().trim_start().starts_with(name));
        line.unwrap().unwrap().split_whitespace().last().unwrap().to_owned()
    };
    let review = address("the review");
    let page = get(&review);
    assert!(page.contains("time.sleep(PAUSE * attempt)"), "the diff");
    assert!(page.contains("class=\"thread\"") && page.contains("AW501"), "the comments");
    assert!(page.contains("await asyncio.sleep(PAUSE * attempt)"), "what is suggested");
    assert!(!page.contains("http-equiv=\"refresh\""), "the check is complete");
    let (platform, _) = review.split_once("/acme/").unwrap();
    let all = get(&format!("{platform}/"));
    let (_, first) = all.split_once("<li>").unwrap();
    assert!(first.split("</li>").next().unwrap().contains("acme/orders 42"), "{first}");
    let address = address("the dashboard");
    let dashboard = get(&address);
    assert!(dashboard.contains("acme/orders"), "{dashboard}");
    assert!(dashboard.contains("acme/botkit") && dashboard.contains("made up"), "{dashboard}");
    let (newest, _) = dashboard.split_once("acme/botkit").unwrap();
    assert!(newest.contains("acme/orders") && newest.contains("just now"), "{newest}");
    let (host, _) = address.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let findings = get(&format!("http://{host}/findings?path=prices.py&rule=AW501"));
    let (_, code) = findings.split_once("<span class=\"place\"><a href=\"").unwrap();
    let code = get(code.split('#').next().unwrap());
    assert!(code.contains("time.sleep(PAUSE * attempt)"), "{code}");

    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "its store");
    let id = child.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert!(child.0.wait().unwrap().success());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "it cleans up");
}

/// The body of a page, which must be there.
fn get(url: &str) -> String {
    let address = url.strip_prefix("http://").unwrap();
    let (host, path) = address.split_once('/').unwrap();
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    let request = format!("GET /{path} HTTP/1.0\r\nHost: {host}\r\nAccept: text/html\r\n\r\n");
    std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.0 200") || answer.starts_with("HTTP/1.1 200"), "{answer}");
    answer
}

#[test]
fn a_port_that_is_taken_is_said_in_one_line() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = demo(&["--once", "--port", &port]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains(&port) && error.lines().count() == 1, "{error}");
}

/// A repository whose `topic` sleeps in a coroutine, while `main` went on without it.
fn repository() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let commit = |name: &str, text: &str, subject: &str| {
        std::fs::write(folder.path().join(name), text).unwrap();
        git(folder.path(), &["add", "-A"]);
        git(folder.path(), &["commit", "-qm", subject]);
    };
    let stays = "async def other():\n    time.sleep(2)\n";
    git(folder.path(), &["init", "-q", "."]);
    commit("app.py", &format!("import time\n\n\n{stays}"), "Start");
    git(folder.path(), &["branch", "topic"]);
    commit("later.py", stays, "Go on");
    git(folder.path(), &["checkout", "-q", "topic"]);
    commit(
        "app.py",
        &format!("import time\n\n\n{stays}\n\nasync def poll():\n    time.sleep(1)\n"),
        "Wait for the stock\n\nIt may take a while.",
    );
    commit("shop.pyw", "import time\n\n\nasync def poll():\n    time.sleep(3)\n", "Show the shop");
    folder
}

fn in_repository(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = demo(arguments);
    command.current_dir(folder).env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let output = command.arg("--once").output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_change_of_ones_own_is_shown_as_the_platform_would_show_it() {
    let repository = repository();
    let path = repository.path().to_str().unwrap();
    for forge in ["github", "gitlab"] {
        let there = ["--repository", path, "--base", "main", "--head", "topic", "--forge", forge];
        let (code, shown, errors) = in_repository(Path::new("/"), &there);
        assert_eq!((code, errors.as_str()), (Some(0), ""), "{forge}: {shown}");
        let (title, rest) = shown.split_once('\n').unwrap();
        assert!(title.starts_with("Show the shop "), "{forge}: {title}");
        assert!(rest.contains("by you, topic into main, 2 files, +9 -0"), "{forge}: {rest}");
        for place in ["-- app.py:9 --", "-- shop.pyw:5 --"] {
            assert!(rest.contains(place), "{forge}: {place} in\n{rest}");
        }
        assert!(!rest.contains("app.py:5") && !rest.contains("later.py"), "{forge}: {rest}");
        let (_, here, _) = in_repository(repository.path(), &["--base", "main", "--forge", forge]);
        assert!(here.contains("HEAD into main, 2 files, +9 -0"), "{forge}: {here}");
    }
}

#[test]
fn what_can_not_be_shown_is_said_in_one_line() {
    let repository = repository();
    let path = repository.path().to_str().unwrap();
    for (arguments, says) in [
        (&["--repository", path, "--base", "topic"][..], "nothing changed between"),
        (&["--repository", path, "--head", "nowhere"], "no revision `nowhere`"),
        (&["--repository", "/nowhere"], "`/nowhere` can't be read"),
        (&["--repository", "/"], "not in a git repository"),
    ] {
        let (code, shown, errors) = in_repository(Path::new("/"), arguments);
        assert_eq!((code, shown.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(errors.contains(says) && errors.lines().count() == 1, "{arguments:?}: {errors}");
    }
}
