//! What comments say of the findings in all cases: short, and in the words of the code that they hang on.

use std::collections::BTreeSet;

use asyncwarden::analysis::{Analysis, Confidence, Finding, RULES, Severity};
use asyncwarden::change::{ChangeSet, FileChange, FileChangeKind, Hunk, LineKind, MemoryTree};
use asyncwarden::policy::{Policy, PythonVersion, Threshold};
use asyncwarden::review::{
    Conversation, Dialect, History, Input, Marker, Plan, Refusals, SuggestionStyle, plan,
};

use crate::rules::{cases, run, run_with};

/// Columns of a comment below a diff, as platforms show it on a usual screen.
const WIDTH: usize = 100;

/// Most lines of a comment in front of what is folded; a suggestion's code is not counted.
const MOST_LINES: usize = 6;

const DIALECT: Dialect = Dialect {
    suggestion: SuggestionStyle::CommentRange,
    max_body: 65_000,
    slash_commands: false,
    comments_outside_hunks: false,
    file_comments: true,
    max_comments: 50,
};

/// What a review of an analysis posts, when all files are new.
pub fn planned(analysis: &Analysis, files: &[(String, String)], policy: &Policy) -> Plan {
    let head: MemoryTree =
        files.iter().map(|(path, code)| (path.clone(), code.as_bytes().to_vec())).collect();
    let added = |(path, code): &(String, String)| FileChange {
        path: path.clone(),
        old_path: None,
        kind: FileChangeKind::Added,
        hunks: vec![Hunk {
            old_start: 0,
            new_start: 1,
            lines: vec![LineKind::Added; code.lines().count()],
        }],
        shown: true,
    };
    plan(&Input {
        head_sha: "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
        analysis,
        change: &ChangeSet { files: files.iter().map(added).collect() },
        head: &head,
        policy,
        dialect: DIALECT,
        conversation: &Conversation::default(),
        history: &History::default(),
        omissions: &[],
        context_lost: false,
        complaints: &[],
        refusals: &Refusals::default(),
        marker: &Marker::new(vec![b"key".to_vec()]),
        public_url: Some("https://warden.example"),
        review_path: "/reviews/7",
    })
}

/// The comment about one finding in files that are new, of a project that supports a Python.
fn comment(finding: &Finding, files: &[(String, String)], target: PythonVersion) -> String {
    let everything = Threshold { severity: Severity::Low, confidence: Confidence::Possible };
    let policy = Policy { inline: everything, target, ..Policy::default() };
    let analysis = Analysis { findings: vec![finding.clone()], ..Analysis::default() };
    planned(&analysis, files, &policy).post.into_iter().map(|it| it.body).collect()
}

/// How many lines a reader sees before the fold.
fn lines(body: &str) -> usize {
    let shown = body.split("<details>").next().unwrap_or_default();
    let shown = shown.split("```suggestion").next().unwrap_or_default();
    let width = |line: &str| line.chars().filter(|c| !matches!(c, '`' | '*')).count();
    shown.lines().map(|line| width(line).div_ceil(WIDTH)).sum()
}

/// The code spans of a message.
fn quoted(message: &str) -> impl Iterator<Item = &str> {
    message.split('`').skip(1).step_by(2)
}

/// Whether the message names something that stands in the code: a whole span, or the name it begins or ends with.
fn names_code(message: &str, code: &str) -> bool {
    quoted(message).any(|span| {
        let words = span.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        let mut words = words.filter(|word| word.len() > 1 && !KEYWORDS.contains(word));
        code.contains(span) || words.any(|word| code.contains(word))
    })
}

/// Words that any code has.
const KEYWORDS: [&str; 12] = [
    "async", "await", "with", "for", "in", "as", "asyncio", "finally", "except", "try", "self",
    "return",
];

fn over_all_findings(mut look: impl FnMut(&Finding, &[(String, String)])) {
    for rule in RULES {
        for case in cases(rule) {
            let analysis = run(rule, &case.files);
            analysis.findings.iter().for_each(|finding| look(finding, &case.files));
        }
    }
}

#[test]
fn comments_are_short_before_their_fold() {
    let mut long = Vec::new();
    over_all_findings(|finding, files| {
        let body = comment(finding, files, Policy::default().target);
        let count = lines(&body);
        if body.is_empty() || count > MOST_LINES {
            long.push(format!("{} {:?}: {count} lines\n{body}", finding.rule.code, finding.place));
        }
    });
    assert!(long.is_empty(), "{} too long\n{}", long.len(), long.join("\n\n"));
}

#[test]
fn messages_name_what_stands_in_the_code() {
    let mut vague = BTreeSet::new();
    over_all_findings(|finding, files| {
        let code = files.iter().find(|(path, _)| *path == finding.place.path);
        let code = code.map(|(_, code)| code.as_str()).unwrap_or_default();
        if !names_code(&finding.message, code) {
            vague.insert(format!("{}: {}", finding.rule.code, finding.message));
        }
    });
    let vague: Vec<_> = vague.into_iter().collect();
    assert!(vague.is_empty(), "{} name nothing\n{}", vague.len(), vague.join("\n"));
}

/// Words for what happens when the code runs.
const EFFECTS: &[&str] = &[
    "again and again",
    "all at once",
    "anew",
    "behind the shutdown",
    "blocks",
    "burns time",
    "by itself",
    "can't",
    "closes",
    "costs it",
    "collected",
    "dead connections",
    "does not compile",
    "does not run",
    "each call",
    "each time",
    "ends",
    "every other task waits",
    "fails",
    "goes on",
    "grows",
    "half done",
    "hides",
    "holds",
    "in vain",
    "is always true",
    "is lost",
    "keeps",
    "is not done",
    "is silent",
    "leak",
    "lets",
    "lost",
    "may ",
    "never",
    "nobody",
    "not closed",
    "not given back",
    "nothing",
    "one after the other",
    "only starts",
    "opens as many",
    "opens",
    "raises",
    "refuses",
    "runs",
    "shows up as",
    "slower",
    "stay",
    "stops",
    "swallows",
    "takes",
    "the sum of",
    "unseen",
    "waits",
    "works",
];

#[test]
fn messages_are_sentences_that_say_what_happens() {
    let mut poor = BTreeSet::new();
    over_all_findings(|finding, _| {
        let message = &finding.message;
        let begins = message.starts_with(|c: char| c.is_uppercase() || c == '`');
        let effect = EFFECTS.iter().any(|it| message.contains(it));
        // Style says no more than how the same is said better.
        let style = ["AW205", "AW217", "AW303", "AW306"].contains(&finding.rule.code);
        if !begins || message.ends_with('.') || !(effect || style || finding.rule.item.is_none()) {
            poor.insert(format!("{}: {message}", finding.rule.code));
        }
    });
    let poor: Vec<_> = poor.into_iter().collect();
    assert!(poor.is_empty(), "{} are poor\n{}", poor.len(), poor.join("\n"));
}

/// What came with a Python 3.x, and how advice would write it.
const NEW: [(u8, &[&str]); 4] = [
    (9, &["to_thread", "shutdown_default_executor"]),
    (10, &["aclosing", "anext(", "`anext`"]),
    (11, &["TaskGroup", "asyncio.timeout", "asyncio.Runner", "except*"]),
    (12, &["eager_task_factory", "batched("]),
];

/// What of a comment is advice: its message, its suggestion, and what the page says is better.
fn advice(body: &str) -> String {
    let (shown, folded) = body.split_once("<details>").unwrap_or((body, ""));
    // Why it matters comes first, in plain sentences.
    let better = folded.split_once("```python").map_or("", |(_, behind)| behind);
    format!("{shown}{better}")
}

#[test]
fn advice_fits_the_oldest_python_that_a_project_supports() {
    let mut wrong = BTreeSet::new();
    for rule in RULES {
        for case in cases(rule) {
            for minor in [8, 9, 10, 11] {
                let target = PythonVersion(3, minor);
                let analysis = run_with(rule, &case.files, target);
                for finding in &analysis.findings {
                    let advice = advice(&comment(finding, &case.files, target));
                    let fix = finding.fix.iter().flat_map(|fix| &fix.edits);
                    let fix: String = fix.map(|edit| edit.replacement.as_str()).collect();
                    let code = case.files.iter().map(|(_, code)| code.as_str());
                    let code: String = code.collect();
                    for (since, names) in NEW.iter().filter(|it| it.0 > minor) {
                        for name in names.iter().filter(|it| !code.contains(**it)) {
                            if advice.contains(name) || fix.contains(name) {
                                let rule = rule.code;
                                wrong.insert(format!(
                                    "{rule} names {name} (3.{since}) for 3.{minor}: {advice}\n{fix}"
                                ));
                            }
                        }
                    }
                }
            }
        }
    }
    let wrong: Vec<_> = wrong.into_iter().collect();
    assert!(
        wrong.is_empty(),
        "{} are too new\n{}",
        wrong.len(),
        wrong[..wrong.len().min(12)].join("\n")
    );
}
