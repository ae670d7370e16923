//! A policy from a repository's files.

use std::sync::Arc;

use toml::{Table, Value};

use super::{Policy, Threshold, nearest, target};
use crate::analysis::{Confidence, Severity};

const OWN: &str = ".asyncwarden.toml";
const PROJECT: &str = "pyproject.toml";
const SETUP: &str = "setup.cfg";

const KEYS: [&str; 5] = ["target-version", "inline", "summary", "gate", "max-comments"];
const SEVERITIES: [&str; 4] = ["critical", "high", "medium", "low"];
const CONFIDENCES: [&str; 3] = ["certain", "likely", "possible"];
/// Most inline comments of one review that a repository may ask for.
const MOST_COMMENTS: usize = 1000;

impl Policy {
    /// The policy that a repository's `.asyncwarden.toml`, `pyproject.toml` and `setup.cfg` state, and a sentence for
    /// each thing in them that can't be used; the default stands in for it. `read` gives a file at the root.
    pub fn from_files(read: impl Fn(&str) -> Option<Arc<[u8]>>) -> (Self, Vec<String>) {
        let mut reader = Reader::default();
        let own = reader.table(OWN, read(OWN));
        let project = reader.table(PROJECT, read(PROJECT)).unwrap_or_default();
        let setup = read(SETUP).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());

        reader.target(&project, setup.as_deref());
        let section = project.get("tool").and_then(|tool| tool.get("asyncwarden"));
        match (&own, section) {
            (Some(own), None) => reader.settings(OWN, own),
            (Some(own), Some(_)) => {
                reader.settings(OWN, own);
                reader.problem(
                    PROJECT,
                    &format!("`[tool.asyncwarden]` is not read, since there is a `{OWN}`"),
                );
            }
            (None, Some(Value::Table(section))) => reader.settings(PROJECT, section),
            (None, Some(_)) => reader.problem(PROJECT, "`tool.asyncwarden` is not a table"),
            (None, None) => {}
        }
        (reader.policy, reader.problems)
    }
}

/// Gathers the policy and what was wrong.
#[derive(Default)]
struct Reader {
    policy: Policy,
    problems: Vec<String>,
}

impl Reader {
    fn problem(&mut self, file: &str, what: &str) {
        self.problems.push(format!("`{file}`: {what}."));
    }

    fn table(&mut self, file: &str, bytes: Option<Arc<[u8]>>) -> Option<Table> {
        let bytes = bytes?;
        let Ok(text) = std::str::from_utf8(&bytes) else {
            self.problem(file, "the file is not UTF-8");
            return None;
        };
        match text.trim_start_matches('\u{feff}').parse() {
            Ok(table) => Some(table),
            Err(error) => {
                self.problem(file, &not_toml(text, &error));
                None
            }
        }
    }

    /// The target from what the project says about itself.
    fn target(&mut self, project: &Table, setup: Option<&str>) {
        let tables = |path: &[&str]| {
            let mut value = project.get(path[0])?;
            for key in &path[1..] {
                value = value.get(key)?;
            }
            value.as_str()
        };
        let stated = tables(&["project", "requires-python"])
            .or_else(|| tables(&["tool", "poetry", "dependencies", "python"]))
            .map(|requirement| (PROJECT, requirement))
            .or_else(|| Some((SETUP, target::of_setup_cfg(setup?)?)));
        let Some((file, requirement)) = stated else { return };
        match target::lower_bound(requirement) {
            Ok(Some(version)) => self.policy.target = version,
            Ok(None) => {}
            Err(part) => {
                let what = format!(
                    "the required Python `{}` can't be read at `{}`",
                    cut(requirement),
                    cut(part)
                );
                self.problem(file, &what);
            }
        }
    }

    fn settings(&mut self, file: &str, table: &Table) {
        for (key, value) in table {
            match key.as_str() {
                "target-version" => match value.as_str().and_then(target::parse) {
                    Some(version) => self.policy.target = version,
                    None => self.problem(file, "`target-version` is a text such as \"3.11\""),
                },
                "max-comments" => match value.as_integer().and_then(|n| usize::try_from(n).ok()) {
                    Some(number) if number <= MOST_COMMENTS => self.policy.max_comments = number,
                    _ => self.problem(
                        file,
                        &format!("`max-comments` is a number from 0 to {MOST_COMMENTS}"),
                    ),
                },
                "inline" => {
                    self.policy.inline = self.threshold(file, key, value, self.policy.inline);
                }
                "summary" => {
                    self.policy.summary = self.threshold(file, key, value, self.policy.summary);
                }
                "gate" => self.policy.gate = self.threshold(file, key, value, self.policy.gate),
                _ => self.unknown(file, key, &KEYS),
            }
        }
    }

    fn threshold(
        &mut self,
        file: &str,
        name: &str,
        value: &Value,
        default: Threshold,
    ) -> Threshold {
        let mut threshold = default;
        let Some(table) = value.as_table() else {
            let what = format!("`{name}` is a table with `severity` and `confidence`");
            self.problem(file, &what);
            return threshold;
        };
        for (key, value) in table {
            let full = format!("{name}.{key}");
            match key.as_str() {
                "severity" => match value.clone().try_into::<Severity>() {
                    Ok(severity) => threshold.severity = severity,
                    Err(_) => self.not_one_of(file, &full, value, &SEVERITIES),
                },
                "confidence" => match value.clone().try_into::<Confidence>() {
                    Ok(confidence) => threshold.confidence = confidence,
                    Err(_) => self.not_one_of(file, &full, value, &CONFIDENCES),
                },
                _ => self.unknown(
                    file,
                    &full,
                    &[&format!("{name}.severity"), &format!("{name}.confidence")],
                ),
            }
        }
        threshold
    }

    fn unknown(&mut self, file: &str, key: &str, known: &[&str]) {
        let key = cut(key);
        let what = match nearest(&key, known.iter().copied()) {
            Some(near) => format!("there is no setting `{key}`; perhaps `{near}` is meant"),
            None => format!("there is no setting `{key}`; there are {}", listed(known)),
        };
        self.problem(file, &what);
    }

    fn not_one_of(&mut self, file: &str, key: &str, value: &Value, known: &[&str]) {
        let written = cut(value.as_str().unwrap_or("another type"));
        let what = match nearest(&written, known.iter().copied()) {
            Some(near) => format!("`{key}` can't be `{written}`; perhaps `{near}` is meant"),
            None => format!("`{key}` can't be `{written}`; it is one of {}", listed(known)),
        };
        self.problem(file, &what);
    }
}

fn not_toml(text: &str, error: &toml::de::Error) -> String {
    let start = error.span().map_or(0, |span| span.start);
    let line = 1 + text.bytes().take(start).filter(|byte| *byte == b'\n').count();
    let what = error.message().lines().next().unwrap_or_default();
    format!("line {line} is not TOML ({}); the file is not read", cut(what))
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// A foreign text, short enough for a sentence and without what would end its code span.
fn cut(text: &str) -> String {
    text.chars().filter(|c| *c != '`' && !c.is_control()).take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::PythonVersion;

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
    fn everything_can_be_set_in_either_file() {
        let settings = "target-version = '3.12'\nmax-comments = 5\n[inline]\nseverity = 'high'\n\
            [summary]\nconfidence = 'likely'\n[gate]\nseverity = 'critical'\nconfidence = 'certain'\n";
        let in_project = settings.replace("\n[", "\n[tool.asyncwarden.");
        let in_project = format!("[tool.asyncwarden]\n{in_project}");
        for (file, text) in [(OWN, settings), (PROJECT, in_project.as_str())] {
            let (policy, problems) = policy(&[(file, text)]);
            assert_eq!(problems, [""; 0]);
            assert_eq!(policy.target, PythonVersion(3, 12));
            assert_eq!(policy.max_comments, 5);
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
            "there is no setting `colour`; there are `target-version`, `inline`, `summary`, `gate`, `max-comments`.",
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
}
