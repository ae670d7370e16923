//! What the bot writes, whatever the names, paths, messages and code are that it writes about; and Markdown on our pages.

use asyncwarden::analysis::{
    Analysis, Edit, Finding, Fingerprint, Fix, Outcome, Place, RULES, Related, SkippedFile,
    Verdict, check_tree,
};
use asyncwarden::change::{ChangeSet, FileChange, FileChangeKind, Hunk, LineKind, MemoryTree};
use asyncwarden::forge::simulator::page::markdown::render;
use asyncwarden::fuzzing::{inline, page};
use asyncwarden::policy::Policy;
use asyncwarden::review::{
    Conversation, Dialect, History, Input, Marker, Refusals, SuggestionStyle, plan,
};

use super::harmless::{PUBLIC_URL, assert_harmless};
use super::html::assert_plain;
use super::parts;

/// Longest input of which code is made; longer ones are the other targets'.
const LONGEST_CODE: usize = 2_000;
const HEAD: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567";

/// Writes about findings that say and name what the input's parts are, and about what is found in the input as code.
pub(super) fn markdown(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    assert_plain(&page(&text), true);
    assert_plain(&inline(&text), true);
    assert_plain(&render(&text, |_| vec![text.to_string()]).to_string(), false);
    let seed = data.iter().fold(0_usize, |sum, byte| sum.wrapping_mul(31) + usize::from(*byte));
    let file = format!("{FIRST_LINE}{}", parts(&text)(2));
    written_about(&made_up(&text, seed), &file, &text, seed);
    if text.len() <= LONGEST_CODE {
        let path = "app/poll.py";
        let tree: MemoryTree = [(path, data.to_vec())].into_iter().collect();
        let analysis = check_tree(&tree, &[path.to_owned()], &Policy::default());
        written_about(&analysis, &text, &text, seed);
    }
}

/// The path that the findings of an input are at.
fn path(text: &str) -> String {
    format!("app/{}.py", parts(text)(1).replace(['\0', '\n'], ""))
}

/// Findings about whatever the text says.
fn made_up(text: &str, seed: usize) -> Analysis {
    let part = parts(text);
    let place = |line| Place { path: path(text), line, end_line: line, column: 1, end_column: 2 };
    let elsewhere = Place { path: format!("lib/{}", part(2)), ..place(7) };
    let finding = |at: u32| {
        let rule = RULES[(seed / 7 + at as usize) % RULES.len()];
        let related = Related { place: elsewhere.clone(), message: part(3).to_owned() };
        let edit = Edit {
            place: place(1),
            start_byte: 0,
            end_byte: FIRST_LINE.len(),
            replacement: format!("{}\n", part(4)),
        };
        let fix = Fix { title: part(5).to_owned(), edits: vec![edit] };
        Finding {
            rule,
            severity: rule.severity,
            category: rule.category,
            confidence: asyncwarden::analysis::Confidence::Certain,
            message: part(at as usize * 6).to_owned(),
            place: place(at + 1),
            related: vec![related; (seed / 3 + at as usize) % 7],
            fix: (at == 0).then_some(fix),
            fingerprint: Fingerprint(format!("{at:032x}")),
            scope: format!("f{}", at % 2),
        }
    };
    let outcomes = [Outcome::Violated, Outcome::Satisfied, Outcome::NotApplicable];
    let verdict = |(at, item)| {
        let outcome = outcomes[at % 3];
        Verdict { item, outcome, evidence: vec![elsewhere.clone(), place(3)] }
    };
    Analysis {
        findings: (0..4).map(finding).collect(),
        skipped: (0..3)
            .map(|at| SkippedFile {
                path: part(at).to_owned(),
                reason: format!("can't be read: {}", part(at / 2)),
            })
            .collect(),
        notes: vec![part(1).to_owned()],
        suppressed: vec![finding(9)],
        files_analysed: 1,
        lines_analysed: 7,
        verdicts: RULES.iter().filter_map(|rule| rule.item).enumerate().map(verdict).collect(),
    }
}

/// The first line of the file that findings are in.
const FIRST_LINE: &str = "import time\n";

/// Plans what to say about it, and looks at every text of the plan.
fn written_about(analysis: &Analysis, file: &str, text: &str, seed: usize) {
    let part = parts(text);
    let path = analysis.findings.first().map_or_else(|| path(text), |it| it.place.path.clone());
    let head: MemoryTree = [(path.clone(), file.as_bytes().to_vec())].into_iter().collect();
    let lines = vec![LineKind::Added; 50];
    let hunks = vec![Hunk { old_start: 0, new_start: 1, lines }];
    let kind = FileChangeKind::Added;
    let change = ChangeSet {
        files: vec![FileChange {
            path,
            old_path: None,
            kind,
            hunks,
            shown: !seed.is_multiple_of(5),
        }],
    };
    let dialect = Dialect {
        suggestion: [SuggestionStyle::CommentRange, SuggestionStyle::Offsets][seed % 2],
        max_body: [1_500, 4_000, 65_000][seed % 3],
        slash_commands: seed % 2 == 1,
        comments_outside_hunks: seed % 2 == 1,
        file_comments: true,
        max_comments: 30,
    };
    let plan = plan(&Input {
        head_sha: HEAD,
        analysis,
        change: &change,
        head: &head,
        policy: &Policy::default(),
        dialect,
        conversation: &Conversation::default(),
        history: &History::default(),
        omissions: &[part(0).to_owned(), format!("`{}` was not analysed.", part(1))],
        context_lost: false,
        complaints: &[part(2).to_owned()],
        refusals: &Refusals::default(),
        marker: &Marker::new(vec![b"key".to_vec()]),
        public_url: Some(PUBLIC_URL),
        review_path: "/reviews/7",
    });
    let bodies = plan.post.iter().map(|comment| &comment.body);
    for body in bodies.chain(&plan.summary).chain([&plan.gate.summary]) {
        assert!(body.len() <= dialect.max_body, "{} of {}", body.len(), dialect.max_body);
        assert_harmless(body);
        let command = body.lines().find(|line| line.starts_with('/'));
        assert!(!dialect.slash_commands || command.is_none(), "{command:?} in {body}");
    }
    assert!(plan.gate.title.len() <= 200 && plan.gate.title.lines().count() == 1);
}
