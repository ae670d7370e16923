//! A policy from a repository's files.

use std::sync::Arc;

use serde_json::Value;
use toml::Table;

use super::reader::{Reader, cut};
use super::settings::{Draft, SETTINGS};
use super::{Policy, target};

/// Files that may hold a repository's settings, at its root.
pub const FILES: [&str; 3] = [OWN, PROJECT, SETUP];

const OWN: &str = ".asyncwarden.toml";
const PROJECT: &str = "pyproject.toml";
const SETUP: &str = "setup.cfg";

/// Largest file that is read, in bytes.
const LARGEST: usize = 1024 * 1024;

impl Policy {
    /// The policy that a repository's `.asyncwarden.toml`, `pyproject.toml` and `setup.cfg` state, and a sentence for
    /// each thing in them that can't be used; the default stands in for it. `read` gives a file at the root. Of a file
    /// above 1 MiB nothing is read.
    pub fn from_files(read: impl Fn(&str) -> Option<Arc<[u8]>>) -> (Self, Vec<String>) {
        let mut reader = Reader::default();
        let mut draft = Draft::default();
        let own = table(&mut reader, OWN, read(OWN));
        let project = table(&mut reader, PROJECT, read(PROJECT)).unwrap_or_default();
        let setup = read(SETUP).filter(|bytes| bytes.len() <= LARGEST);
        let setup = setup.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());

        required_python(&mut reader, &project, setup.as_deref(), &mut draft);
        let section = project.get("tool").and_then(|tool| tool.get("asyncwarden"));
        if let Some(own) = own {
            reader.file = OWN;
            reader.settings("", &own, SETTINGS, &mut draft);
            if section.is_some() {
                reader.file = PROJECT;
                reader.problem(|| {
                    format!("`[tool.asyncwarden]` is not read, since there is a `{OWN}`")
                });
            }
        } else if let Some(section) = section {
            reader.file = PROJECT;
            if let Some(section) = reader.table("tool.asyncwarden", section, "of settings") {
                reader.settings("", section, SETTINGS, &mut draft);
            }
        }
        (draft.policy(), reader.into_problems())
    }
}

/// What a repository's files state about its settings: the same value whenever they state the same, however it is
/// written. An empty object when they state nothing.
pub fn stated(read: impl Fn(&str) -> Option<Arc<[u8]>>) -> Value {
    let mut reader = Reader::default();
    let project = table(&mut reader, PROJECT, read(PROJECT)).unwrap_or_default();
    let section = project.get("tool").and_then(|tool| tool.get("asyncwarden")).cloned();
    let own = table(&mut reader, OWN, read(OWN)).map(toml::Value::Table);
    let mut stated = serde_json::Map::new();
    if let Some(settings) = own.or(section) {
        stated.insert("settings".to_owned(), serde_json::to_value(settings).unwrap_or_default());
    }
    let setup = read(SETUP).filter(|bytes| bytes.len() <= LARGEST);
    let setup = setup.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    if let Some((_, requirement)) = stated_python(&project, setup.as_deref()) {
        stated.insert("python".to_owned(), requirement.into());
    }
    Value::Object(stated)
}

fn table(reader: &mut Reader, file: &'static str, bytes: Option<Arc<[u8]>>) -> Option<Table> {
    let bytes = bytes?;
    reader.file = file;
    if bytes.len() > LARGEST {
        reader.problem(|| format!("the file has more than {LARGEST} bytes and is not read"));
        return None;
    }
    let Ok(text) = std::str::from_utf8(&bytes) else {
        reader.problem(|| "the file is not UTF-8".to_owned());
        return None;
    };
    match text.trim_start_matches('\u{feff}').parse() {
        Ok(table) => Some(table),
        Err(error) => {
            reader.problem(|| not_toml(text, &error));
            None
        }
    }
}

/// The Python that the project says it requires, and the file that says so.
fn stated_python<'a>(
    project: &'a Table,
    setup: Option<&'a str>,
) -> Option<(&'static str, &'a str)> {
    let stated = |path: &[&str]| {
        let mut value = project.get(path[0])?;
        for key in &path[1..] {
            value = value.get(key)?;
        }
        value.as_str()
    };
    stated(&["project", "requires-python"])
        .or_else(|| stated(&["tool", "poetry", "dependencies", "python"]))
        .map(|requirement| (PROJECT, requirement))
        .or_else(|| Some((SETUP, target::of_setup_cfg(setup?)?)))
}

/// The target from what the project says about itself.
fn required_python(reader: &mut Reader, project: &Table, setup: Option<&str>, draft: &mut Draft) {
    let Some((file, requirement)) = stated_python(project, setup) else { return };
    match target::lower_bound(requirement) {
        Ok(Some(version)) => draft.policy.target = version,
        Ok(None) => {}
        Err(part) => {
            reader.file = file;
            reader.problem(|| {
                let (requirement, part) = (cut(requirement), cut(part));
                format!("the required Python `{requirement}` can't be read at `{part}`")
            });
        }
    }
}

fn not_toml(text: &str, error: &toml::de::Error) -> String {
    let start = error.span().map_or(0, |span| span.start);
    let line = 1 + text.bytes().take(start).filter(|byte| *byte == b'\n').count();
    let what = error.message().lines().next().unwrap_or_default();
    format!("line {line} is not TOML (`{}`); the file is not read", cut(what))
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::analysis::{Confidence, Severity, rule_by_code};
    use crate::policy::{Audience, PythonVersion, Threshold};
    use crate::python::{Blocks, Kind};

    fn policy(files: &[(&str, &str)]) -> (Policy, Vec<String>) {
        Policy::from_files(|name| {
            let (_, text) = files.iter().find(|(file, _)| *file == name)?;
            Some(Arc::from(text.as_bytes()))
        })
    }

    #[test]
    fn a_repository_without_settings_has_the_defaults() {
        assert_eq!(policy(&[]), (Policy::default(), vec![]));
        assert_eq!(policy(&[(PROJECT, "[tool.black]\nline-length = 100\n")]).1, [""; 0]);
    }

    #[test]
    fn what_files_state_is_the_same_however_it_is_written() {
        let stated = |files: &[(&str, &str)]| {
            let read = |name: &str| {
                let (_, text) = files.iter().find(|(file, _)| *file == name)?;
                Some(Arc::from(text.as_bytes()))
            };
            super::stated(read).to_string()
        };
        assert_eq!(stated(&[]), "{}");
        assert_eq!(stated(&[(PROJECT, "[tool.black]\nline-length = 9\n")]), "{}");
        let own = stated(&[(OWN, "# more\nselect = ['AW5']\n\nignore=['AW501']\n")]);
        assert_eq!(own, r#"{"settings":{"ignore":["AW501"],"select":["AW5"]}}"#);
        let section = "[tool.asyncwarden]\nignore = ['AW501']\nselect = ['AW5']\n";
        assert_eq!(stated(&[(PROJECT, section)]), own);
        assert_ne!(stated(&[(OWN, "select = ['AW5']")]), own);
        let project = "[project]\nrequires-python = '>=3.11'\n";
        assert_eq!(stated(&[(PROJECT, project)]), r#"{"python":">=3.11"}"#);
        assert_eq!(stated(&[(OWN, "no TOML")]), "{}");
    }

    #[test]
    fn everything_can_be_set_in_either_file() {
        let settings = "target-version = '3.12'\nmax-comments = 5\ndrafts = true\napproval = true\nbadge = true\n[inline]\nseverity = 'high'\n\
            [summary]\nconfidence = 'likely'\n[gate]\nseverity = 'critical'\nconfidence = 'certain'\n";
        let in_project = settings.replace("\n[", "\n[tool.asyncwarden.");
        let in_project = format!("[tool.asyncwarden]\n{in_project}");
        for (file, text) in [(OWN, settings), (PROJECT, in_project.as_str())] {
            let (policy, problems) = policy(&[(file, text)]);
            assert_eq!(problems, [""; 0]);
            assert_eq!(policy.target, PythonVersion(3, 12));
            assert_eq!((policy.max_comments, policy.drafts, policy.approval), (5, true, true));
            assert!(policy.badge);
            assert_eq!(
                policy.inline,
                Threshold { severity: Severity::High, confidence: Confidence::Likely }
            );
            assert_eq!(
                policy.summary,
                Threshold { severity: Severity::Low, confidence: Confidence::Likely }
            );
            assert_eq!(
                policy.gate,
                Threshold { severity: Severity::Critical, confidence: Confidence::Certain }
            );
        }
    }

    #[test]
    fn the_target_is_what_the_project_requires_unless_it_is_set() {
        let target = |files: &[(&str, &str)]| policy(files).0.target;
        let project = (PROJECT, "[project]\nrequires-python = '>=3.9'\n");
        let setup = (SETUP, "[options]\npython_requires = >=3.8\n");
        assert_eq!(target(&[setup]), PythonVersion(3, 8));
        assert_eq!(target(&[project, setup]), PythonVersion(3, 9));
        assert_eq!(target(&[project, (OWN, "target-version = '3.13'")]), PythonVersion(3, 13));
        let poetry = (PROJECT, "[tool.poetry.dependencies]\npython = '^3.11'\n");
        assert_eq!(target(&[poetry]), PythonVersion(3, 11));
    }

    #[test]
    fn what_cannot_be_used_is_named_and_the_rest_counts() {
        let text = "max-coments = 3\nmax-comments = 7\ntarget-version = 3.11\ncolour = 1\n[gate]\nseverity = 'hihg'\n\
            confidence = 1\nsevrity = 'low'\n";
        let (policy, problems) = policy(&[(OWN, text)]);
        assert_eq!(policy, Policy { max_comments: 7, ..Policy::default() });
        let sentences = [
            "there is no setting `colour`; there are `target-version`, `select`, `ignore`, `exclude`, `max-comments`, `drafts`, `approval`, `badge`, `inline`, \
             `summary`, `gate`, `severity`, `paths`, `except-exception-below`, `catalogue`.",
            "`gate.confidence` can't be `another type`; it is one of `certain`, `likely`, `possible`.",
            "`gate.severity` can't be `hihg`; perhaps `high` is meant.",
            "there is no setting `gate.sevrity`; perhaps `gate.severity` is meant.",
            "there is no setting `max-coments`; perhaps `max-comments` is meant.",
            "`target-version` is a text such as \"3.11\".",
        ];
        assert_eq!(problems, sentences.map(|sentence| format!("`.asyncwarden.toml`: {sentence}")));
    }

    #[test]
    fn broken_files_leave_the_defaults() {
        let (broken, problems) =
            policy(&[(PROJECT, "[project]\nname = \n"), (OWN, "\u{feff}max-comments = 1")]);
        assert_eq!(broken.max_comments, 1);
        assert!(problems[0].starts_with("`pyproject.toml`: line 2 is not TOML ("), "{problems:?}");
        let (_, problems) = policy(&[(OWN, ""), (PROJECT, "[tool.asyncwarden]\n")]);
        assert_eq!(
            problems,
            [
                "`pyproject.toml`: `[tool.asyncwarden]` is not read, since there is a `.asyncwarden.toml`."
            ]
        );
        let (_, problems) = policy(&[(PROJECT, "[project]\nrequires-python = 'three'\n")]);
        assert_eq!(
            problems,
            ["`pyproject.toml`: the required Python `three` can't be read at `three`."]
        );
    }

    /// Codes of the rules that run on a path.
    fn running(policy: &Policy, path: &str) -> Vec<&'static str> {
        let runs = crate::analysis::RULES.iter().filter(|rule| policy.choice.runs(rule, path));
        runs.map(|rule| rule.code).collect()
    }

    #[test]
    fn rules_are_chosen_by_the_narrowest_word_and_pattern() {
        let text = "select = ['AW5', 'C10']\nignore = ['blocking', 'AW503']\nexclude = ['docs']\n\
            [paths.'scripts/**']\nignore = ['AW']\n\
            [paths.'scripts/serve/**']\nselect = ['AW501', 'nested-event-loop']\n\
            [paths.'tests']\nignore = ['AW501', 'unawaited-coroutine']\n";
        let (policy, problems) = policy(&[(OWN, text)]);
        assert_eq!(problems, [""; 0]);
        assert_eq!(
            running(&policy, "app.py"),
            ["AW202", "AW501", "AW502", "AW504", "AW505", "AW506"]
        );
        assert_eq!(running(&policy, "tests/a.py"), ["AW502", "AW504", "AW505", "AW506"]);
        assert_eq!(running(&policy, "scripts/run.py"), [""; 0]);
        assert_eq!(running(&policy, "scripts/serve/run.py"), ["AW204", "AW501"]);
        let excluded =
            ["docs/conf.py", "a/docs/b/c.py", "docs.py"].map(|it| policy.choice.is_excluded(it));
        assert_eq!(excluded, [true, true, false]);
    }

    #[test]
    fn severities_and_audiences_differ_by_path() {
        let text = "[severity]\nblocking = 'medium'\nAW501 = 'low'\n\
            [paths.'scripts']\ngate = false\nseverity = { blocking-sleep = 'high' }\n\
            [paths.'scripts/main.py']\ngate = true\nsummary = false\n";
        let (policy, problems) = policy(&[(OWN, text)]);
        assert_eq!(problems, [""; 0]);
        let severity =
            |code, path| policy.choice.severity(rule_by_code(code).expect("a rule"), path);
        assert_eq!(severity("AW501", "app.py"), Some(Severity::Low));
        assert_eq!(severity("AW502", "app.py"), Some(Severity::Medium));
        assert_eq!(severity("AW202", "app.py"), None);
        assert_eq!(severity("AW501", "scripts/main.py"), Some(Severity::High));
        let hears = |path| {
            [Audience::Inline, Audience::Summary, Audience::Gate]
                .map(|it| policy.choice.hears(it, path))
        };
        assert_eq!(hears("app.py"), [true, true, true]);
        assert_eq!(hears("scripts/other.py"), [true, true, false]);
        assert_eq!(hears("scripts/main.py"), [true, false, true]);
    }

    #[test]
    fn a_repository_adds_to_the_catalogue() {
        let text = "except-exception-below = '3.9'\n\
            [[catalogue]]\nname = 'acme.client.fetch'\nblocks = 'http'\ninstead = 'acme.aio.fetch'\n\
            [[catalogue]]\nname = 'acme.aio.fetch'\nkind = 'coroutine'\ngives = 'acme.Response'\n\
            [[catalogue]]\nname = 'acme.get'\nsame-as = 'requests.get'\n";
        let (policy, problems) = policy(&[(OWN, text)]);
        assert_eq!(problems, [""; 0]);
        assert_eq!(policy.except_exception_below, PythonVersion(3, 9));
        let [fetch, aio, get] = &policy.known[..] else { panic!("{:?}", policy.known) };
        assert_eq!((fetch.name.as_str(), fetch.blocks), ("acme.client.fetch", Some(Blocks::Http)));
        assert_eq!(fetch.instead.as_deref(), Some("acme.aio.fetch"));
        assert_eq!((aio.kind, aio.gives.as_deref()), (Kind::Coroutine, Some("acme.Response")));
        assert_eq!(get.same_as.as_deref(), Some("requests.get"));
    }

    /// What is written, and what is said of it.
    #[rustfmt::skip]
    const COMPLAINTS: &[(&str, &str)] = &[
        ("select = ['AW501', 'blocking-slep']", "`select` names no rule by `blocking-slep`; perhaps `blocking-sleep` is meant."),
        ("ignore = [3]", "`ignore` is a list of texts."),
        ("ignore = 'ASYNC100'", "`ignore` names no rule by `ASYNC100`; it takes a rule's code (`AW501`), the beginning of codes (`AW5`), \
            a rule's name (`blocking-sleep`), an item (`C01` to `C63`) or a pass (`blocking`)."),
        ("exclude = ['a[']", "the pattern `a[` in `exclude` can't be read: it unclosed character class; missing ']'."),
        ("severity = 'high'", "`severity` is a table of severities by rules."),
        ("severity = { AW501 = 'hgih' }", "`severity.AW501` can't be `hgih`; perhaps `high` is meant."),
        ("[paths]\ntests = 1", "`paths.\"tests\"` is a table of settings."),
        ("[paths.tests]\ninlin = false", "there is no setting `paths.\"tests\".inlin`; perhaps `paths.\"tests\".inline` is meant."),
        ("[paths.tests]\ngate = 'off'", "`paths.\"tests\".gate` is `true` or `false`."),
        ("[catalogue]\nname = 'a'", "`catalogue` is a list of tables, each written `[[catalogue]]`."),
        ("[[catalogue]]\nblocks = 'http'", "an entry of `catalogue` has no `name`."),
        ("[[catalogue]]\nname = 'a b'", "`catalogue.name` is a dotted name such as \"acme.client.fetch\"."),
        ("[[catalogue]]\nname = 'a'\nkind = 'corutine'", "`catalogue.kind` can't be `corutine`; perhaps `coroutine` is meant."),
        ("except-exception-below = true", "`except-exception-below` is a text such as \"3.11\"."),
        ("'**bold** `@all` <b>\u{202e}' = 1", "there is no setting `**bold** @all <b>`; there are"),
    ];

    #[test]
    fn complaints_say_what_may_be_meant() {
        for (text, complaint) in COMPLAINTS {
            let (_, problems) = policy(&[(OWN, text)]);
            let [problem] = &problems[..] else { panic!("{text}: {problems:?}") };
            assert!(problem.starts_with(&format!("`{OWN}`: {complaint}")), "{text}: {problem}");
        }
    }

    #[test]
    fn a_list_of_typing_errors_selects_nothing_less() {
        assert_eq!(policy(&[(OWN, "select = ['AW5O1']")]).0, Policy::default());
        assert!(running(&policy(&[(OWN, "select = []")]).0, "a.py").is_empty());
    }

    #[test]
    fn hostile_files_are_read_in_no_time() {
        let many =
            |line: &str| (0..20_000).map(|n| line.replace('#', &n.to_string())).collect::<String>();
        let texts = [
            many("key-#-that-is-unknown = 1\n"),
            format!("[paths]\n{}", many("\"{a,**/b,[a-z]*}#\" = { ignore = ['AW'], x = 1 }\n")),
            format!("ignore = [{}]", many("'blocking-slee#', ")),
            format!("[severity]\n{}", many("blocking-slee# = 'hih'\n")),
            many("[[catalogue]]\nname = 'a.b#'\nkind = 'corutin'\n"),
            format!("x = {}", "[".repeat(200_000)),
            format!("x = {}1", "{a=".repeat(200_000)),
            format!("{}x = 1", "a.".repeat(200_000)),
            format!("[{}x]", "a.".repeat(200_000)),
            "[[a]]\n".repeat(100_000),
            "x".repeat(2_000_000),
        ];
        for text in texts {
            let start = Instant::now();
            for (file, text) in
                [(OWN, text.clone()), (PROJECT, format!("[tool.asyncwarden]\n{text}"))]
            {
                let (_, problems) = policy(&[(file, &text)]);
                assert!(problems.len() <= 21, "{}", problems.len());
                assert!(file == PROJECT || !problems.is_empty());
                assert!(problems.iter().all(|it| it.len() < 600), "{problems:?}");
            }
            let start_of = &text[..text.len().min(30)];
            assert!(start.elapsed().as_secs() < 20, "{start_of}: {:?}", start.elapsed());
        }
    }
}
