//! Settings: where they come from, which goes first, what is refused and how it is said.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use asyncwarden::forge::simulator::APP_PRIVATE_KEY;
use asyncwarden::settings::{
    Arguments, LogFormat, Retention, Settings, SettingsError, StoreSettings, WatchedFiles,
};
use chrono::TimeDelta;
use clap::Parser;
use secrecy::ExposeSecret;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    arguments: Arguments,
}

fn resolve(flags: &[&str]) -> Result<Settings, SettingsError> {
    let line = std::iter::once("asyncwarden").chain(flags.iter().copied());
    Line::try_parse_from(line).unwrap().arguments.resolve()
}

fn refused(flags: &[&str]) -> String {
    let text = resolve(flags).unwrap_err().to_string();
    assert_eq!(text.lines().count(), 1, "{text}");
    text
}

fn file(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

const GITHUB: [&str; 6] = [
    "--github-app-id",
    "4711",
    "--github-private-key",
    APP_PRIVATE_KEY,
    "--github-webhook-secret",
    "new, old",
];

#[test]
fn nothing_has_to_be_set() {
    let settings = resolve(&["--data-dir", "/tmp/somewhere"]).unwrap();
    assert_eq!(settings.listen, "127.0.0.1:8080");
    assert!(
        matches!(settings.store, StoreSettings::Embedded(folder) if folder == Path::new("/tmp/somewhere"))
    );
    assert!(settings.github.is_none() && settings.gitlab.is_none());
    assert_eq!((settings.log.filter.as_str(), settings.log.format), ("info", LogFormat::Text));
}

#[test]
fn waits_are_seconds_with_or_without_a_fraction() {
    let usual = resolve(&[]).unwrap().timings;
    assert_eq!((usual.lease, usual.attempts), (Duration::from_secs(60), 10));
    let flags = ["--lease-secs", "2.5", "--sweep-secs", "1", "--poll-secs", "0.25"];
    let timings = resolve(&flags).unwrap().timings;
    let millis = [timings.lease, timings.sweep, timings.poll].map(|wait| wait.as_millis());
    assert_eq!(millis, [2500, 1000, 250]);
    let flags = ["--retry-secs", "0.1", "--longest-retry-secs", "2", "--write-secs", "0.001"];
    let timings = resolve(&[&flags[..], &["--attempts", "3"]].concat()).unwrap().timings;
    let waits = [timings.backoff, timings.longest_backoff, timings.calls.between_writes];
    assert_eq!((waits.map(|wait| wait.as_millis()), timings.attempts), ([100, 2000, 1], 3));
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "settings.toml", "lease_secs = 2.5\nsweep_secs = 7\n");
    let timings = resolve(&["--config", &path]).unwrap().timings;
    assert_eq!([timings.lease, timings.sweep].map(|wait| wait.as_millis()), [2500, 7000]);
    for wrong in ["0", "NaN", "inf", "1e30", "86401", "soon"] {
        let text = refused(&["--lease-secs", wrong]);
        assert!(text.starts_with("ASYNCWARDEN_LEASE_SECS: "), "{text}");
    }
    assert!(refused(&["--attempts", "0"]).starts_with("ASYNCWARDEN_ATTEMPTS: "));
}

#[test]
fn a_whole_app_is_taken() {
    let github = resolve(&GITHUB).unwrap().github.unwrap();
    assert_eq!((github.app_id, github.api_url.as_str()), (4711, "https://api.github.com/"));
    let secrets: Vec<_> = github.webhook_secrets.iter().map(ExposeSecret::expose_secret).collect();
    assert_eq!(secrets, ["new", "old"]);
}

#[test]
fn markers_of_a_replaced_secret_are_still_known() {
    let both = resolve(&GITHUB).unwrap().github.unwrap().marker_keys();
    let mut flags = GITHUB;
    flags[5] = "old";
    let old = resolve(&flags).unwrap().github.unwrap().marker_keys();
    assert_eq!((both.len(), &both[1]), (2, &old[0]));
    assert_ne!(both[0], both[1]);
}

#[test]
fn the_key_may_be_text_escaped_text_or_a_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "app.pem", APP_PRIVATE_KEY);
    let escaped = APP_PRIVATE_KEY.replace('\n', "\\n");
    for key in [APP_PRIVATE_KEY, &escaped, &path] {
        let mut flags = GITHUB;
        flags[3] = key;
        let github = resolve(&flags).unwrap().github.unwrap();
        assert_eq!(github.private_key.expose_secret().trim(), APP_PRIVATE_KEY.trim());
    }
    let mut flags = GITHUB;
    (flags[2], flags[3]) = ("--github-private-key-file", &path);
    assert!(resolve(&flags).unwrap().github.is_some());
}

/// The library's own words, behind the variable's name.
const LOUD: &str = "ASYNCWARDEN_LOG: error parsing level filter: expected one of \"off\", \"error\", \"warn\", \"info\", \"debug\", \"trace\", or a number 0-5";

#[test]
fn what_is_missing_or_contradicts_is_refused_in_one_line() {
    let cases: [(&[&str], &str); 18] = [
        (
            &["--github-app-id", "1"],
            "ASYNCWARDEN_GITHUB_APP_ID is set, but ASYNCWARDEN_GITHUB_PRIVATE_KEY is missing",
        ),
        (
            &GITHUB[..4],
            "ASYNCWARDEN_GITHUB_APP_ID is set, but ASYNCWARDEN_GITHUB_WEBHOOK_SECRET is missing",
        ),
        (
            &GITHUB[4..],
            "ASYNCWARDEN_GITHUB_WEBHOOK_SECRET is set, but ASYNCWARDEN_GITHUB_APP_ID is missing",
        ),
        (
            &["--github-api-url", "https://ghe.example.com/api/v3"],
            "ASYNCWARDEN_GITHUB_API_URL is set, but ASYNCWARDEN_GITHUB_APP_ID is missing",
        ),
        (
            &["--gitlab-token", "t", "--gitlab-url", "https://gitlab.com"],
            "ASYNCWARDEN_GITLAB_TOKEN is set, but a secret in ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN, ASYNCWARDEN_GITLAB_SIGNING_TOKEN or ASYNCWARDEN_GITLAB_HOOKS_FILE is missing",
        ),
        (
            &["--gitlab-token", "t", "--gitlab-webhook-token", "w"],
            "ASYNCWARDEN_GITLAB_TOKEN is set, but ASYNCWARDEN_GITLAB_URL is missing",
        ),
        (
            &["--gitlab-webhook-token", "w"],
            "ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN is set, but ASYNCWARDEN_GITLAB_URL is missing",
        ),
        (
            &[
                "--gitlab-token",
                "t",
                "--gitlab-url",
                "https://gitlab.com",
                "--gitlab-signing-token",
                "plain",
            ],
            "ASYNCWARDEN_GITLAB_SIGNING_TOKEN: does not start with whsec_",
        ),
        (
            &[
                "--gitlab-token",
                "t",
                "--gitlab-url",
                "https://gitlab.com",
                "--gitlab-signing-token",
                "whsec_?",
            ],
            "ASYNCWARDEN_GITLAB_SIGNING_TOKEN: has no base64 after whsec_",
        ),
        (
            &["--database-url", "postgres://a/b", "--database-url-file", "/dev/null"],
            "both DATABASE_URL and DATABASE_URL_FILE are set; keep one",
        ),
        (
            &["--gitlab-token-file", "/not/there"],
            "ASYNCWARDEN_GITLAB_TOKEN: cannot read /not/there: No such file or directory (os error 2)",
        ),
        (
            &["--database-url", "mysql://u:hidden@h/d"],
            "DATABASE_URL: does not start with postgres:// (the embedded store is chosen by leaving it out)",
        ),
        (&["--listen", "8080"], "ASYNCWARDEN_LISTEN: \"8080\" is not HOST:PORT"),
        (&["--workers", "0"], "ASYNCWARDEN_WORKERS: \"0\" is not a number above 0"),
        (&["--workers", "5000"], "ASYNCWARDEN_WORKERS: more than 256 workers"),
        (
            &["--public-url", "example.com"],
            "ASYNCWARDEN_PUBLIC_URL: not the base of an http or https URL: relative URL without a base",
        ),
        (&["--log-format", "xml"], "ASYNCWARDEN_LOG_FORMAT: \"xml\" is neither text nor json"),
        (&["--log", "asyncwarden=loud"], LOUD),
    ];
    for (flags, text) in cases {
        assert_eq!(refused(flags), text);
    }
}

#[test]
fn a_file_that_holds_settings_is_seen_to_be_another_one() {
    let folder = tempfile::tempdir().unwrap();
    let token = file(folder.path(), "token", "glpat-one");
    let config = file(folder.path(), "a.toml", &format!("gitlab_token_file = '{token}'\n"));
    let arguments = Arguments { config: Some(config.clone().into()), ..Arguments::default() };
    let mut files = WatchedFiles::new(arguments);
    assert!(!files.changed(), "nothing happened");
    // Of another length, for a clock that is coarse.
    file(folder.path(), "token", "glpat-another");
    assert!(files.changed() && !files.changed(), "a file that another file names");
    std::fs::remove_file(&token).unwrap();
    assert!(files.changed() && !files.changed(), "it is gone");
    file(folder.path(), "a.toml", "");
    assert!(files.changed() && !files.changed(), "the settings file");
}

#[test]
fn a_key_that_is_none_is_refused_without_showing_it() {
    let folder = tempfile::tempdir().unwrap();
    let not_pem = file(folder.path(), "app.pem", "hidden words");
    let broken = APP_PRIVATE_KEY.replace("MII", "MIX");
    for (key, text) in [
        ("/not/there.pem", "cannot read /not/there.pem"),
        ("whsec-hidden", "is neither PEM text nor the path of a file"),
        ("hidden/abc=", "is neither PEM text nor the path of a file"),
        (not_pem.as_str(), "is not the PEM of a private key"),
        ("-----BEGIN RSA PRIVATE KEY-----", "is not the PEM of a private key"),
        (broken.as_str(), "is not"),
    ] {
        let mut flags = GITHUB;
        flags[3] = key;
        let refused = refused(&flags);
        assert!(refused.starts_with("ASYNCWARDEN_GITHUB_PRIVATE_KEY: "), "{refused}");
        assert!(refused.contains(text) && !refused.contains("hidden"), "{refused}");
    }
    // What is in a file is no path.
    let mut flags = GITHUB;
    let named = file(folder.path(), "key", "/hidden.pem");
    (flags[2], flags[3]) = ("--github-private-key-file", &named);
    let refused = refused(&flags);
    assert!(refused.contains("is not the PEM") && !refused.contains("hidden"), "{refused}");
}

#[test]
fn a_secret_comes_from_its_file_without_the_line_end() {
    let folder = tempfile::tempdir().unwrap();
    let secret = file(folder.path(), "secret", "s3cret\n");
    let mut flags = GITHUB;
    (flags[4], flags[5]) = ("--github-webhook-secret-file", &secret);
    let github = resolve(&flags).unwrap().github.unwrap();
    assert_eq!(github.webhook_secrets[0].expose_secret(), "s3cret");
    let empty = file(folder.path(), "empty", "\n");
    flags[5] = &empty;
    assert!(refused(&flags).ends_with("is empty"));
}

#[test]
fn a_flag_goes_before_the_file_and_the_file_before_the_default() {
    let folder = tempfile::tempdir().unwrap();
    let config = file(
        folder.path(),
        "asyncwarden.toml",
        "listen = '127.0.0.1:1'\nworkers = 7\ndatabase_url = 'postgres://localhost/a'\n[gitlab]\nurl = 'https://gitlab.example.com'\ntoken = 't'\nwebhook_token = 'w'\n",
    );
    let settings = resolve(&["--config", &config, "--listen", "127.0.0.1:2"]).unwrap();
    assert_eq!((settings.listen.as_str(), settings.workers), ("127.0.0.1:2", 7));
    assert!(matches!(settings.store, StoreSettings::Postgres(_)));
    assert_eq!(settings.gitlab.unwrap().url.as_str(), "https://gitlab.example.com/");
}

#[test]
fn a_file_that_cannot_be_used_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (text, problem) in [
        (
            "lissten = 'a:1'",
            "line 1, column 1: there is no setting `lissten`; did you mean `listen`?",
        ),
        (
            "workers = 1\n[github]\n  apid = 1",
            "line 3, column 3: there is no setting `github_apid`",
        ),
        ("zebra = 1", "line 1, column 1: there is no setting `zebra`; there are listen, "),
        ("listen = true", "line 1, column 1: `listen` is neither a text nor a number"),
        ("listen = 'a:1'\nLISTEN = 'b:1'", "line 2, column 1: `listen` is there twice"),
        ("token = 'hidden", "line 1, column "),
        ("config = 'other.toml'", "line 1, column 1: there is no setting `config`"),
    ] {
        let path = file(folder.path(), "asyncwarden.toml", text);
        let refused = refused(&["--config", &path]);
        let start = format!("settings file {path}: {problem}");
        assert!(refused.starts_with(&start) && !refused.contains("hidden"), "{refused}");
    }
    assert!(refused(&["--config", "/not/there.toml"]).contains("No such file"));
}

/// Runs `asyncwarden serve` with an environment that it refuses.
fn serve(environment: &[(&str, &str)]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_asyncwarden"))
        .arg("serve")
        .env_clear()
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn the_environment_is_read_and_refused_with_one_line_and_exit_code_2() {
    let (code, said) = serve(&[("ASYNCWARDEN_GITHUB_APP_ID", "1"), ("HOME", "/tmp")]);
    assert_eq!(code, Some(2));
    assert_eq!(
        said,
        "asyncwarden: ASYNCWARDEN_GITHUB_APP_ID is set, but ASYNCWARDEN_GITHUB_PRIVATE_KEY is missing; and 1 more, which `asyncwarden config check` tells\n"
    );
}

#[test]
fn a_variable_goes_before_the_file_and_an_empty_one_is_not_set() {
    let folder = tempfile::tempdir().unwrap();
    let config = file(folder.path(), "a.toml", "log_format = 'from the file'\nworkers = 'none'\n");
    let with = |format| {
        let environment = [
            ("ASYNCWARDEN_CONFIG", config.as_str()),
            ("ASYNCWARDEN_LOG_FORMAT", format),
            ("ASYNCWARDEN_WORKERS", "1"),
            ("ASYNCWARDEN_DATA_DIR", "/dev/null/not-a-folder"),
        ];
        serve(&environment).1
    };
    assert!(with("").contains("\"from the file\" is neither text nor json"));
    assert!(with("from the environment").contains("\"from the environment\" is neither"));
    assert!(with("text").contains("/dev/null/not-a-folder"));
}

#[test]
fn what_is_kept_is_said_in_days() {
    let kept = |flags: &[&str]| resolve(flags).unwrap().retention;
    assert_eq!(kept(&[]), Retention::default());
    assert!(kept(&[]).keeps_payloads());
    let few = kept(&["--keep-payloads-days=0", "--keep-reviews-days=0", "--keep-audit-days=9"]);
    let nine = Some(TimeDelta::days(9));
    assert_eq!((few.payloads, few.reviews, few.audit), (TimeDelta::zero(), None, nine));
    assert!(!few.keeps_payloads());
    let none = kept(&["--keep-code", "no", "--uninstall-grace-days", "0"]);
    assert_eq!((none.code, none.keeps_payloads(), none.grace), (false, false, TimeDelta::zero()));
    for (flag, value, problem) in [
        (
            "--keep-audit-days",
            "soon",
            "ASYNCWARDEN_KEEP_AUDIT_DAYS: \"soon\" is not a number of days from 0 to 36500",
        ),
        (
            "--keep-reviews-days",
            "-1",
            "ASYNCWARDEN_KEEP_REVIEWS_DAYS: \"-1\" is not a number of days from 0 to 36500",
        ),
        ("--keep-code", "maybe", "ASYNCWARDEN_KEEP_CODE: \"maybe\" is neither yes nor no"),
    ] {
        assert_eq!(refused(&[&format!("{flag}={value}")]), problem);
    }
}

#[test]
fn no_secret_is_shown_with_the_settings() {
    let folder = tempfile::tempdir().unwrap();
    file(folder.path(), "hooks.toml", "[[hook]]\nscope = 'a'\ntokens = ['hidden-11']\n");
    let hooks_file = folder.path().join("hooks.toml");
    let flags = [
        "--database-url",
        "postgres://user:hidden-1@localhost/db",
        "--database-listen-url",
        "postgres://user:hidden-2@localhost/db",
        "--github-app-id",
        "4711",
        "--github-private-key",
        APP_PRIVATE_KEY,
        "--github-webhook-secret",
        "hidden-3,hidden-4",
        "--gitlab-url",
        "https://gitlab.example",
        "--gitlab-token",
        "hidden-5",
        "--gitlab-webhook-token",
        "hidden-6,hidden-9",
        "--gitlab-signing-token",
        "whsec_aGlkZGVuLTc=,whsec_aGlkZGVuLTEw",
        "--gitlab-hooks-file",
        hooks_file.to_str().unwrap(),
        "--operator-token",
        "hidden-8-hidden-8",
    ];
    let line = std::iter::once("asyncwarden").chain(flags);
    let arguments = Line::try_parse_from(line).unwrap().arguments;
    let mut shown = format!("{arguments:?}");
    shown.push_str(&format!("{:?}", arguments.resolve().unwrap()));
    for secret in ["hidden", "PRIVATE KEY", "aGlkZGVu"] {
        assert!(!shown.contains(secret), "{secret} is in {shown}");
    }
}

#[test]
fn a_folder_with_an_app_takes_the_place_of_its_settings() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let empty = resolve(&["--github-app-dir", path]).unwrap();
    assert!(empty.github.is_none(), "no App was made yet");
    assert_eq!(empty.github_app_folder.unwrap().path(), folder.path());
    for (name, text) in [
        ("app-id", "4711\n"),
        ("private-key.pem", APP_PRIVATE_KEY),
        ("webhook-secret", "new,old\n"),
        ("api-url", "https://git.example/api/v3\n"),
    ] {
        file(folder.path(), name, text);
    }
    let github = resolve(&["--github-app-dir", path]).unwrap().github.unwrap();
    assert_eq!((github.app_id, github.webhook_secrets.len()), (4711, 2));
    assert_eq!(github.api_url.as_str(), "https://git.example/api/v3");
    let own = ["--github-app-dir", path, "--github-api-url", "https://other.example/api/v3"];
    assert_eq!(resolve(&own).unwrap().github.unwrap().api_url.host_str(), Some("other.example"));
    let both = refused(&[&GITHUB[..], &["--github-app-dir", path]].concat());
    assert!(both.contains("ASYNCWARDEN_GITHUB_APP_ID is set, too"), "{both}");
    file(folder.path(), "webhook-secret", "");
    assert!(refused(&["--github-app-dir", path]).contains("ASYNCWARDEN_GITHUB_APP_DIR"));

    // Beside the embedded store it is looked for without being named, and what is named goes first.
    let store = tempfile::tempdir().unwrap();
    let data = ["--data-dir", store.path().to_str().unwrap()];
    std::fs::rename(folder.path(), store.path().join("github-app")).unwrap();
    file(&store.path().join("github-app"), "webhook-secret", "a secret");
    let found = resolve(&data).unwrap().github.unwrap();
    assert_eq!((found.app_id, found.webhook_secrets.len()), (4711, 1));
    let named = resolve(&[&GITHUB[..], &data].concat()).unwrap().github.unwrap();
    assert_eq!(named.webhook_secrets.len(), 2);
    let postgres = ["--database-url", "postgres://localhost/db"];
    assert!(resolve(&postgres).unwrap().github_app_folder.is_none());
}

#[test]
fn secrets_of_gitlab_s_webhooks_are_lists_and_may_be_for_one_project() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hooks.toml");
    let path = path.to_str().unwrap();
    let gitlab = ["--gitlab-token", "t", "--gitlab-url", "https://gitlab.example"];
    let with_file = [&gitlab[..], &["--gitlab-hooks-file", path]].concat();
    assert!(refused(&with_file).contains("ASYNCWARDEN_GITLAB_HOOKS_FILE: "));
    file(
        folder.path(),
        "hooks.toml",
        "[[hook]]\nscope = 'a'\ntokens = ['one', 'two']\nformer = ['three']\n",
    );
    let filed = resolve(&with_file).unwrap().gitlab.unwrap();
    assert!(filed.hooks.is_empty());
    assert_eq!(filed.hooks_file.as_ref().unwrap().secrets()[0].tokens.len(), 2);
    assert_eq!(filed.marker_keys().len(), 3);

    let lists =
        ["--gitlab-webhook-token", "new, old", "--gitlab-signing-token", "whsec_YQ==,whsec_Yg=="];
    let both = resolve(&[&with_file[..], &lists].concat()).unwrap().gitlab.unwrap();
    let hook = &both.hooks[0];
    assert_eq!((hook.scope.as_deref(), hook.tokens.len(), hook.signing_tokens.len()), (None, 2, 2));
    assert_eq!(both.marker_keys().len(), 7);
    let gap = [&gitlab[..], &["--gitlab-webhook-token", "new,,old"]].concat();
    assert!(refused(&gap).contains("has an empty part between its commas"));
    let wrong = [&gitlab[..], &["--gitlab-signing-token", "whsec_YQ==,plain"]].concat();
    assert!(refused(&wrong).contains("does not start with whsec_"));
    file(folder.path(), "hooks.toml", "");
    assert!(refused(&with_file).contains("is missing"));
}
