//! `asyncwarden config`: what every setting is and who said so, and all that is wrong at once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use asyncwarden::forge::simulator::APP_PRIVATE_KEY;
use serde_json::Value;

/// Runs the command with this environment and no other: its exit code and what it said.
fn config(environment: &[(&str, &str)], args: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_asyncwarden"))
        .arg("config")
        .args(args)
        .env_clear()
        .env("HOME", "/home/somebody")
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.code().unwrap(), said)
}

fn file(folder: &Path, name: &str, text: &str, mode: u32) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    path.display().to_string()
}

/// The settings that are shown: value and source by variable.
fn shown(environment: &[(&str, &str)], args: &[&str]) -> BTreeMap<String, Value> {
    let (code, said) = config(environment, &[&["show", "--format", "json"], args].concat());
    assert_eq!(code, 0, "{said}");
    let said: Value = serde_json::from_str(&said).unwrap();
    let name = |row: &Value| row["variable"].as_str().unwrap().to_owned();
    said["settings"].as_array().unwrap().iter().map(|row| (name(row), row.clone())).collect()
}

#[test]
fn each_setting_is_shown_with_who_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(
        folder.path(),
        "a.toml",
        "listen = '127.0.0.1:1'\nworkers = 7\npublic_url = 'https://a.example'\n",
        0o600,
    );
    let environment = [
        ("ASYNCWARDEN_CONFIG", path.as_str()),
        ("ASYNCWARDEN_LISTEN", "127.0.0.1:2"),
        ("ASYNCWARDEN_WORKERS", "8"),
        ("ASYNCWARDEN_LOG", ""),
    ];
    let rows = shown(&environment, &["--listen", "127.0.0.1:3"]);
    let of = |name: &str| {
        let row = &rows[name];
        (row["value"].as_str().unwrap_or_default(), row["source"].as_str().unwrap())
    };
    assert_eq!(of("ASYNCWARDEN_CONFIG"), (path.as_str(), "environment"));
    assert_eq!(of("ASYNCWARDEN_LISTEN"), ("127.0.0.1:3", "flag"));
    assert_eq!(of("ASYNCWARDEN_WORKERS"), ("8", "environment"));
    assert_eq!(of("ASYNCWARDEN_PUBLIC_URL"), ("https://a.example", "file"));
    assert_eq!(of("ASYNCWARDEN_LOG"), ("info", "default"));
    assert_eq!(of("ASYNCWARDEN_DASHBOARD"), ("sign-in", "default"));
    assert_eq!(of("ASYNCWARDEN_WRITE_SECS"), ("1", "default"));
    // What follows from others is worked out.
    assert_eq!(of("ASYNCWARDEN_DATABASE_CONNECTIONS"), ("20", "default"));
    let data = "/home/somebody/.local/share/asyncwarden";
    assert_eq!(of("ASYNCWARDEN_DATA_DIR"), (data, "default"));
    assert_eq!(of("ASYNCWARDEN_GITHUB_APP_DIR").0, format!("{data}/github-app"));
    assert_eq!(rows["ASYNCWARDEN_GITLAB_TOKEN"]["value"], Value::Null);
    assert!(rows["ASYNCWARDEN_GITHUB_CLIENT_ID"]["in_words"].is_string());

    let (_, text) = config(&environment, &["show"]);
    let line = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).expect(name);
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("ASYNCWARDEN_LISTEN"), "ASYNCWARDEN_LISTEN 127.0.0.1:2 environment");
    assert_eq!(line("ASYNCWARDEN_PUBLIC_URL"), "ASYNCWARDEN_PUBLIC_URL https://a.example file");
    assert_eq!(line("ASYNCWARDEN_GITLAB_URL"), "ASYNCWARDEN_GITLAB_URL not set");
}

#[test]
fn of_secrets_it_is_shown_only_whether_they_are_set() {
    let folder = tempfile::tempdir().unwrap();
    let token = file(folder.path(), "token", "hidden-token", 0o600);
    let path = file(folder.path(), "a.toml", "gitlab_webhook_token = 'hidden-hook'\n", 0o600);
    let environment = [
        ("DATABASE_URL", "postgres://u:hidden-password@db.example/a"),
        ("ASYNCWARDEN_CONFIG", path.as_str()),
        ("ASYNCWARDEN_GITLAB_TOKEN_FILE", token.as_str()),
        ("ASYNCWARDEN_GITHUB_PRIVATE_KEY", APP_PRIVATE_KEY),
        ("ASYNCWARDEN_GITLAB_URL", "https://bot:hidden-in-url@gitlab.example"),
        ("ASYNCWARDEN_SESSION_KEY", "hidden-session"),
    ];
    for format in ["text", "json", "toml"] {
        let (code, said) = config(&environment, &["show", "--format", format]);
        assert_eq!(code, 0, "{said}");
        for secret in ["hidden", "PRIVATE KEY"] {
            assert!(!said.contains(secret), "{secret} in {said}");
        }
        assert!(said.contains("gitlab.example"), "{said}");
    }
    let rows = shown(&environment, &[]);
    let row = |name: &str| (&rows[name]["secret"], rows[name]["source"].as_str().unwrap());
    let secret = Value::Bool(true);
    assert_eq!(row("DATABASE_URL"), (&secret, "environment"));
    assert_eq!(row("ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN"), (&secret, "file"));
    assert_eq!(row("ASYNCWARDEN_GITLAB_TOKEN"), (&secret, "environment"));
    assert_eq!(rows["ASYNCWARDEN_GITLAB_TOKEN"]["file"], token.as_str());
    assert_eq!(rows["ASYNCWARDEN_OPERATOR_TOKEN"]["secret"], Value::Bool(false));
    let (_, text) = config(&environment, &["show"]);
    let line = |name: &str| text.lines().find(|line| line.starts_with(name)).unwrap();
    assert!(line("ASYNCWARDEN_GITLAB_TOKEN ").contains(&format!("set, in {token}")), "{text}");
    assert!(!text.contains("ASYNCWARDEN_OPERATOR_TOKEN_FILE"), "{text}");
}

#[test]
fn what_is_shown_as_toml_is_a_settings_file() {
    let folder = tempfile::tempdir().unwrap();
    let text = "admins = ['github:a', 'gitlab:b']\nlease_secs = 2.5\n[github]\napi_url = 'https://git.example/api/v3'\n";
    let path = file(folder.path(), "a.toml", text, 0o600);
    let (code, toml) = config(&[("ASYNCWARDEN_CONFIG", &path)], &["show", "--format", "toml"]);
    assert_eq!(code, 0, "{toml}");
    let again = file(folder.path(), "b.toml", &toml, 0o600);
    let first = shown(&[("ASYNCWARDEN_CONFIG", &path)], &[]);
    let second = shown(&[("ASYNCWARDEN_CONFIG", &again)], &[]);
    assert_eq!(first["ASYNCWARDEN_ADMINS"]["value"], "github:a,gitlab:b");
    for (name, row) in first.iter().filter(|(name, _)| *name != "ASYNCWARDEN_CONFIG") {
        assert_eq!(row, &second[name]);
    }
}

#[test]
fn a_value_does_nothing_to_the_terminal() {
    let red = "\u{1b}[31mred\n";
    let (code, said) = config(&[("ASYNCWARDEN_PUBLIC_URL", red)], &["show"]);
    assert!(code == 0 && !said.contains('\u{1b}') && said.contains("[31mred"), "{said}");
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let text = "sweep_secs = 'soon'\npolll_secs = 1\n[gitlab]\n  tokn = 'hidden'\n";
    let path = file(folder.path(), "a.toml", text, 0o600);
    let environment = [
        ("ASYNCWARDEN_CONFIG", path.as_str()),
        ("ASYNCWARDEN_LISTEN", "8080"),
        ("ASYNCWARDEN_GITHUB_APP_ID", "1"),
        ("ASYNCWARDEN_GITLAB_TOKEN_FILE", "/not/there"),
        ("ASYNCWARDEN_SESSION_KEY", "hidden-and-short"),
        ("ASYNCWARDEN_LOG_FORMAT", "xml"),
        ("ASYNCWARDEN_KEEP_AUDIT_DAYS", "-1"),
        ("ASYNCWARDEN_WEBHOOK_TOKEN", "hidden"),
    ];
    let (code, said) = config(&environment, &["check"]);
    assert_eq!(code, 2, "{said}");
    let said = said.replace(&path, "FILE");
    insta::assert_snapshot!(said, @r#"
    error: settings file FILE: line 2, column 1: there is no setting `polll_secs`; did you mean `poll_secs`?
    error: settings file FILE: line 4, column 3: there is no setting `gitlab_tokn`; did you mean `gitlab_token`?
    error: ASYNCWARDEN_LISTEN: "8080" is not HOST:PORT
    error: ASYNCWARDEN_GITHUB_APP_ID is set, but ASYNCWARDEN_GITHUB_PRIVATE_KEY is missing
    error: ASYNCWARDEN_GITHUB_APP_ID is set, but ASYNCWARDEN_GITHUB_WEBHOOK_SECRET is missing
    error: ASYNCWARDEN_GITLAB_TOKEN: cannot read /not/there: No such file or directory (os error 2)
    error: ASYNCWARDEN_GITLAB_TOKEN is set, but a secret in ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN, ASYNCWARDEN_GITLAB_SIGNING_TOKEN or ASYNCWARDEN_GITLAB_HOOKS_FILE is missing
    error: ASYNCWARDEN_GITLAB_TOKEN is set, but ASYNCWARDEN_GITLAB_URL is missing
    error: ASYNCWARDEN_SESSION_KEY: is shorter than 32 characters
    error: ASYNCWARDEN_LOG_FORMAT: "xml" is neither text nor json
    error: ASYNCWARDEN_KEEP_AUDIT_DAYS: "-1" is not a number of days from 0 to 36500
    error: ASYNCWARDEN_SWEEP_SECS: "soon" is not a number of seconds above 0, up to 86400
    warning: ASYNCWARDEN_WEBHOOK_TOKEN is no setting
    the settings can't be used; 12 errors, 1 warning
    "#);
    let (code, json) = config(&environment, &["check", "--format", "json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, json["errors"].as_array().unwrap().len()), (2, 12), "{json}");
}

/// Settings with which a service would work, on a machine that nobody else uses.
fn fine(folder: &Path) -> Vec<(&'static str, String)> {
    let file = |name, text| file(folder, name, text, 0o600);
    vec![
        ("ASYNCWARDEN_GITHUB_APP_ID", "1".to_owned()),
        ("ASYNCWARDEN_GITHUB_PRIVATE_KEY_FILE", file("key", APP_PRIVATE_KEY)),
        ("ASYNCWARDEN_GITHUB_WEBHOOK_SECRET_FILE", file("hook", "0123456789abcdef")),
        ("ASYNCWARDEN_PUBLIC_URL", "https://bot.example".to_owned()),
        ("ASYNCWARDEN_GITHUB_CLIENT_ID", "Iv1".to_owned()),
        ("ASYNCWARDEN_GITHUB_CLIENT_SECRET_FILE", file("client", "0123456789abcdef")),
        ("ASYNCWARDEN_ADMINS", "github:octocat".to_owned()),
        ("ASYNCWARDEN_DATA_DIR", folder.display().to_string()),
    ]
}

#[test]
fn what_is_not_wise_is_said_and_does_not_stop_anything() {
    let folder = tempfile::tempdir().unwrap();
    let open = file(folder.path(), "open", "0123456789abcdef", 0o644);
    let fine = fine(folder.path());
    let check = |more: &[(&'static str, &str)], flags: &[&str]| {
        let mut environment: BTreeMap<&str, &str> =
            fine.iter().map(|(name, value)| (*name, value.as_str())).collect();
        environment.extend(more.iter().copied());
        let environment: Vec<_> = environment.into_iter().collect();
        config(&environment, &[&["check"], flags].concat())
    };
    assert_eq!(check(&[], &[]), (0, "nothing is wrong with the settings\n".to_owned()));
    let cases: [(&[(&str, &str)], &str); 15] = [
        (
            &[("ASYNCWARDEN_GITHUB_WEBHOOK_SECRET_FILE", &open)],
            "everybody on this machine may read",
        ),
        (&[("ASYNCWARDEN_PUBLIC_URL", "http://bot.example")], "ASYNCWARDEN_PUBLIC_URL is an http"),
        (
            &[("ASYNCWARDEN_GITHUB_API_URL", "http://git.example/api/v3")],
            "ASYNCWARDEN_GITHUB_API_URL is an http",
        ),
        (
            &[
                ("ASYNCWARDEN_DASHBOARD", "open"),
                ("ASYNCWARDEN_LISTEN", "0.0.0.0:80"),
                ("ASYNCWARDEN_METRICS_LISTEN", "127.0.0.1:81"),
            ],
            "ASYNCWARDEN_DASHBOARD is open, and 0.0.0.0:80 listens for other machines",
        ),
        (
            &[("ASYNCWARDEN_LISTEN", "0.0.0.0:80")],
            "whoever reaches 0.0.0.0:80 may read /metrics; set ASYNCWARDEN_METRICS_LISTEN",
        ),
        (
            &[
                ("ASYNCWARDEN_GITHUB_APP_ID", ""),
                ("ASYNCWARDEN_GITHUB_PRIVATE_KEY_FILE", ""),
                ("ASYNCWARDEN_GITHUB_WEBHOOK_SECRET_FILE", ""),
                ("ASYNCWARDEN_GITHUB_APP_DIR", "/not/there"),
            ],
            "ASYNCWARDEN_GITHUB_APP_DIR: /not/there holds no App",
        ),
        (&[("ASYNCWARDEN_ADMINS", "")], "ASYNCWARDEN_ADMINS is not set"),
        (
            &[("ASYNCWARDEN_GITHUB_CLIENT_ID", ""), ("ASYNCWARDEN_GITHUB_CLIENT_SECRET_FILE", "")],
            "nobody vouches for people who sign in",
        ),
        (
            &[("DATABASE_URL", "postgres://u:p@db.example/a")],
            "DATABASE_URL says nothing of sslmode",
        ),
        (
            &[
                ("ASYNCWARDEN_GITHUB_WEBHOOK_SECRET", "short"),
                ("ASYNCWARDEN_GITHUB_WEBHOOK_SECRET_FILE", ""),
            ],
            "a secret in ASYNCWARDEN_GITHUB_WEBHOOK_SECRET is shorter than 16 characters",
        ),
        (
            &[("ASYNCWARDEN_LISTN", "x")],
            "ASYNCWARDEN_LISTN is no setting; did you mean ASYNCWARDEN_LISTEN?",
        ),
        (
            &[
                ("ASYNCWARDEN_GITHUB_APP_ID", ""),
                ("ASYNCWARDEN_GITHUB_PRIVATE_KEY_FILE", ""),
                ("ASYNCWARDEN_GITHUB_WEBHOOK_SECRET_FILE", ""),
            ],
            "neither GitHub nor GitLab is set up",
        ),
        // What is meant to be so.
        (
            &[("ASYNCWARDEN_DASHBOARD", "open"), ("ASYNCWARDEN_LISTEN", "[::1]:80")],
            "nothing is wrong",
        ),
        (&[("DATABASE_URL", "postgres://u:p@localhost/a")], "nothing is wrong"),
        (
            &[("DATABASE_URL", "postgres://u:p@db.example/a?sslmode=verify-full")],
            "nothing is wrong",
        ),
    ];
    for (more, warning) in cases {
        let (code, said) = check(more, &[]);
        let first = said.lines().next().unwrap().trim_start_matches("warning: ");
        assert_eq!(code, 0, "{said}");
        assert!(first.starts_with(warning), "{warning}: {said}");
        let last = if warning == "nothing is wrong" {
            warning
        } else {
            "the settings can be used; 1 warning"
        };
        assert!(said.lines().last().unwrap().starts_with(last), "{said}");
    }
    let (code, said) = check(&[], &["--session-key", "0123456789abcdef0123456789abcdef"]);
    assert!(code == 0 && said.contains("ASYNCWARDEN_SESSION_KEY is given by a flag"), "{said}");
}

#[test]
fn a_repository_s_own_settings_are_checked_as_a_review_reads_them() {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &Path| path.display().to_string();
    let check = |path: &str| config(&[], &["check", "--repository", path]);
    let (code, said) = check(&at(folder.path()));
    assert!(code == 2 && said.contains("holds none of .asyncwarden.toml"), "{said}");
    let (code, said) = check("/not/there");
    assert!(code == 2 && said.contains("/not/there"), "{said}");

    let own = file(folder.path(), ".asyncwarden.toml", "ignore = ['AW501']\n", 0o644);
    for path in [at(folder.path()), own.clone()] {
        assert_eq!(check(&path), (0, "nothing is wrong with the settings\n".to_owned()));
    }
    file(folder.path(), ".asyncwarden.toml", "ignroe = ['AW501']\nselect = ['blokcing']\n", 0o644);
    for path in [at(folder.path()), own] {
        let (code, said) = check(&path);
        assert_eq!(code, 2);
        assert!(said.contains("perhaps `ignore` is meant"), "{said}");
        assert!(
            said.contains("perhaps `blocking` is meant") && said.contains("2 errors"),
            "{said}"
        );
    }
    let draft: PathBuf = folder.path().join("draft.toml");
    std::fs::write(&draft, "gate = 'no'\n").unwrap();
    let (code, said) = check(&at(&draft));
    assert!(code == 2 && said.contains("`gate` is a table"), "{said}");

    let other = tempfile::tempdir().unwrap();
    file(other.path(), "pyproject.toml", "[project]\nname = 'a'\n", 0o644);
    let (code, said) = check(&at(other.path()));
    assert!(code == 0 && said.contains("says nothing to asyncwarden"), "{said}");
}
