//! All settings of a repository, declared: the reader, the suggestions and the table in `docs/configuration.md` are made from this.

use std::fmt::Write;

use toml::Value;

use super::choice::{Audience, Choice, Stated};
use super::known::{OF_CATALOGUE, catalogue};
use super::pattern::Pattern;
use super::reader::{Reader, Setting, cut};
use super::selector::{Selector, forms};
use super::{Policy, PythonVersion, Threshold, target};
use crate::analysis::{Confidence, Severity};

/// Most inline comments of one review that a repository may ask for.
const MOST_COMMENTS: usize = 1000;

const SEVERITIES: [(&str, Severity); 4] = [
    ("critical", Severity::Critical),
    ("high", Severity::High),
    ("medium", Severity::Medium),
    ("low", Severity::Low),
];

const CONFIDENCES: [(&str, Confidence); 3] = [
    ("certain", Confidence::Certain),
    ("likely", Confidence::Likely),
    ("possible", Confidence::Possible),
];

/// What settings state, before it becomes a policy.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) policy: Policy,
    exclude: Vec<Pattern>,
    all: Stated,
    some: Vec<(Pattern, Stated)>,
}

impl Draft {
    pub(super) fn policy(self) -> Policy {
        Policy { choice: Choice::new(self.exclude, &self.all, self.some), ..self.policy }
    }
}

pub(super) const SETTINGS: &[Setting<Draft>] = &[
    Setting {
        key: "target-version",
        default: "`requires-python`, else `\"3.10\"`",
        about: "Oldest Python the project supports, such as `\"3.11\"`. Advice names nothing that it lacks.",
        read: |reader, key, value, draft| version(reader, key, value, &mut draft.policy.target),
    },
    Setting {
        key: "select",
        default: "`[\"ALL\"]`",
        about: "The rules that run: code `AW501`, beginning of codes `AW5`, name `blocking-sleep`, item `C41`, or pass \
                `blocking`.",
        read: |reader, key, value, draft| draft.all.select = selected(reader, key, value),
    },
    Setting {
        key: "ignore",
        default: "`[]`",
        about: "Rules that don't run, named in the same ways. Where both lists name a rule, the narrower name counts.",
        read: |reader, key, value, draft| draft.all.ignore = selectors(reader, key, value),
    },
    Setting {
        key: "exclude",
        default: "`[]`",
        about: "Patterns of files that are left out. `*` stops at `/`, `**` does not; a pattern without `/` is met at any \
                depth, and one that names a folder means all in it.",
        read: |reader, key, value, draft| draft.exclude = patterns(reader, key, value),
    },
    Setting {
        key: "max-comments",
        default: "`25`",
        about: "Most inline comments of one review; the rest is in the summary.",
        read: |reader, key, value, draft| match value
            .as_integer()
            .and_then(|n| usize::try_from(n).ok())
        {
            Some(number) if number <= MOST_COMMENTS => draft.policy.max_comments = number,
            _ => reader.problem(|| format!("`{key}` is a number from 0 to {MOST_COMMENTS}")),
        },
    },
    Setting {
        key: "drafts",
        default: "`false`",
        about: "Whether drafts are reviewed, too; else they are once they are ready, or when somebody asks for it.",
        read: |reader, key, value, draft| {
            draft.policy.drafts = reader.flag(key, value).unwrap_or_default();
        },
    },
    Setting {
        key: "approval",
        default: "`false`",
        about: "Whether a change that passes the gate is approved, too, and the approval taken back when it fails, so that \
                merging can wait for it. So far for merge requests only.",
        read: |reader, key, value, draft| {
            draft.policy.approval = reader.flag(key, value).unwrap_or_default();
        },
    },
    Setting {
        key: "badge",
        default: "`false`",
        about: "Whether everybody may see the repository's badge, which tells how many findings its default branch holds.",
        read: |reader, key, value, draft| {
            draft.policy.badge = reader.flag(key, value).unwrap_or_default();
        },
    },
    Setting {
        key: "inline",
        default: "`{ severity = \"medium\", confidence = \"likely\" }`",
        about: "What gets an inline comment: at least this `severity` (`critical`, `high`, `medium`, `low`) and \
                `confidence` (`certain`, `likely`, `possible`).",
        read: |reader, key, value, draft| threshold(reader, key, value, &mut draft.policy.inline),
    },
    Setting {
        key: "summary",
        default: "`{ severity = \"low\", confidence = \"possible\" }`",
        about: "What the summary names.",
        read: |reader, key, value, draft| threshold(reader, key, value, &mut draft.policy.summary),
    },
    Setting {
        key: "gate",
        default: "`{ severity = \"high\", confidence = \"likely\" }`",
        about: "What fails the check.",
        read: |reader, key, value, draft| threshold(reader, key, value, &mut draft.policy.gate),
    },
    Setting {
        key: "severity",
        default: "each rule's own",
        about: "Table of severities by rules, named as in `select`: `AW207 = \"medium\"`.",
        read: |reader, key, value, draft| draft.all.severities = severities(reader, key, value),
    },
    Setting {
        key: "paths",
        default: "`{}`",
        about: "Tables of settings by patterns of files, for those files only: `[paths.\"tests/**\"]`. Of several that fit, \
                the longer pattern counts.",
        read: |reader, key, value, draft| paths(reader, key, value, &mut draft.some),
    },
    Setting {
        key: "except-exception-below",
        default: "`\"3.8\"`",
        about: "`except Exception` around an `await` is reported (AW216) when the project supports a Python older than \
                this. From 3.8 on it lets cancellation pass; the book that the checklist follows says `\"3.9\"`.",
        read: |reader, key, value, draft| {
            version(reader, key, value, &mut draft.policy.except_exception_below);
        },
    },
    Setting {
        key: "catalogue",
        default: "`[]`",
        about: "List of tables, each with what is known about a name from outside the repository: `[[catalogue]]`.",
        read: |reader, key, value, draft| catalogue(reader, key, value, &mut draft.policy.known),
    },
];

const OF_PATHS: &[Setting<Stated>] = &[
    Setting {
        key: "select",
        default: "as for all files",
        about: "The rules that run on these files.",
        read: |reader, key, value, stated| stated.select = selected(reader, key, value),
    },
    Setting {
        key: "ignore",
        default: "as for all files",
        about: "Rules that don't run on these files.",
        read: |reader, key, value, stated| stated.ignore = selectors(reader, key, value),
    },
    Setting {
        key: "severity",
        default: "as for all files",
        about: "Severities by rules in these files.",
        read: |reader, key, value, stated| stated.severities = severities(reader, key, value),
    },
    Setting {
        key: "inline",
        default: "`true`",
        about: "Whether findings in these files may get inline comments.",
        read: |reader, key, value, stated| hears(reader, key, value, Audience::Inline, stated),
    },
    Setting {
        key: "summary",
        default: "`true`",
        about: "Whether the summary may name them.",
        read: |reader, key, value, stated| hears(reader, key, value, Audience::Summary, stated),
    },
    Setting {
        key: "gate",
        default: "`true`",
        about: "Whether they may fail the check.",
        read: |reader, key, value, stated| hears(reader, key, value, Audience::Gate, stated),
    },
];

const OF_THRESHOLD: &[Setting<Threshold>] = &[
    Setting {
        key: "severity",
        default: "",
        about: "",
        read: |reader, key, value, threshold| {
            let severity = reader.one_of(key, value, &SEVERITIES);
            threshold.severity = severity.unwrap_or(threshold.severity);
        },
    },
    Setting {
        key: "confidence",
        default: "",
        about: "",
        read: |reader, key, value, threshold| {
            let confidence = reader.one_of(key, value, &CONFIDENCES);
            threshold.confidence = confidence.unwrap_or(threshold.confidence);
        },
    },
];

/// The table of a repository's settings in `docs/configuration.md`, in Markdown.
pub fn markdown_table() -> String {
    let mut out = String::from("| key | default | what it is |\n|---|---|---|\n");
    rows(&mut out, "", SETTINGS);
    rows(&mut out, "paths.PATTERN.", OF_PATHS);
    rows(&mut out, "catalogue.", OF_CATALOGUE);
    out
}

fn rows<T>(out: &mut String, prefix: &str, settings: &[Setting<T>]) {
    for Setting { key, default, about, .. } in settings {
        let _ = writeln!(out, "| `{prefix}{key}` | {default} | {about} |");
    }
}

fn version(reader: &mut Reader, key: &str, value: &Value, version: &mut PythonVersion) {
    match value.as_str().and_then(target::exact) {
        Some(read) => *version = read,
        None => reader.problem(|| format!("`{key}` is a text such as \"3.11\"")),
    }
}

fn threshold(reader: &mut Reader, key: &str, value: &Value, threshold: &mut Threshold) {
    if let Some(table) = reader.table(key, value, "with `severity` and `confidence`") {
        reader.settings(&format!("{key}."), table, OF_THRESHOLD, threshold);
    }
}

/// Rules to run. When none of the words names a rule, nothing is said: a typing error must not turn everything off.
fn selected(reader: &mut Reader, key: &str, value: &Value) -> Option<Vec<Selector>> {
    let selectors = selectors(reader, key, value);
    let empty = value.as_array().is_some_and(Vec::is_empty);
    (empty || !selectors.is_empty()).then_some(selectors)
}

fn selectors(reader: &mut Reader, key: &str, value: &Value) -> Vec<Selector> {
    let texts = reader.texts(key, value);
    texts.into_iter().filter_map(|text| selector(reader, key, text)).collect()
}

fn selector(reader: &mut Reader, key: &str, text: &str) -> Option<Selector> {
    let selector = Selector::parse(text);
    if let Err(near) = selector {
        let text = cut(text);
        reader.problem(|| match near {
            Some(near) => format!("`{key}` names no rule by `{text}`; perhaps `{near}` is meant"),
            None => format!("`{key}` names no rule by `{text}`; it takes {}", forms()),
        });
    }
    selector.ok()
}

fn patterns(reader: &mut Reader, key: &str, value: &Value) -> Vec<Pattern> {
    let texts = reader.texts(key, value);
    texts.into_iter().filter_map(|text| pattern(reader, key, text)).collect()
}

fn pattern(reader: &mut Reader, key: &str, text: &str) -> Option<Pattern> {
    let pattern = Pattern::new(text);
    if let Err(why) = &pattern {
        reader.problem(|| {
            format!("the pattern `{}` in `{key}` can't be read: it {}", cut(text), cut(why))
        });
    }
    pattern.ok()
}

fn severities(reader: &mut Reader, key: &str, value: &Value) -> Vec<(Selector, Severity)> {
    let mut severities = Vec::new();
    let Some(table) = reader.table(key, value, "of severities by rules") else { return severities };
    for (rule, value) in reader.entries(key, table.iter()) {
        let selector = selector(reader, key, rule);
        let severity = reader.one_of(&format!("{key}.{}", cut(rule)), value, &SEVERITIES);
        severities.extend(selector.zip(severity));
    }
    severities
}

fn paths(reader: &mut Reader, key: &str, value: &Value, some: &mut Vec<(Pattern, Stated)>) {
    let Some(table) = reader.table(key, value, "of settings by patterns") else { return };
    for (text, value) in reader.entries(key, table.iter()) {
        let prefix = format!("{key}.\"{}\"", cut(text));
        let Some(pattern) = pattern(reader, key, text) else { continue };
        let Some(table) = reader.table(&prefix, value, "of settings") else { continue };
        let mut stated = Stated::default();
        reader.settings(&format!("{prefix}."), table, OF_PATHS, &mut stated);
        some.push((pattern, stated));
    }
}

fn hears(reader: &mut Reader, key: &str, value: &Value, audience: Audience, stated: &mut Stated) {
    stated.hears.extend(reader.flag(key, value).map(|flag| (audience, flag)));
}
