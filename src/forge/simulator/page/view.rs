//! A change request as its page shows it.

use std::collections::BTreeMap;

use super::markdown::{self, Html};
use crate::forge::ForgeKind;
use crate::forge::simulator::{
    Anchor, Change, ChangeState, FileDiff, FileStatus, Note, Side, State, Thread,
};

/// All that the page shows.
#[derive(askama::Template)]
#[template(path = "simulator/change.html")]
pub(super) struct ChangePage {
    pub platform: &'static str,
    pub sigil: char,
    pub noun: &'static str,
    pub repository: String,
    pub number: i64,
    pub title: String,
    pub body: Html,
    pub state: &'static str,
    pub author: String,
    pub base: String,
    pub head: String,
    pub sha: String,
    pub additions: u32,
    pub deletions: u32,
    pub checks: Vec<CheckView>,
    pub running: bool,
    pub comments: Vec<NoteView>,
    pub files: Vec<FileView>,
    pub threads: usize,
    /// Where the threads are, to jump to in a big change: id and place.
    pub places: Vec<(i64, String)>,
}

/// A change of more files is big: those without threads are folded.
const MANY_FILES: usize = 20;

/// A check run or a commit status.
pub(super) struct CheckView {
    pub name: String,
    /// `passed`, `failed`, `running`, `neutral`.
    pub class: &'static str,
    /// The platform's word for how it ended.
    pub word: String,
    pub title: String,
    pub summary: Html,
    pub details_url: Option<String>,
    pub annotations: Vec<AnnotationView>,
}

pub(super) struct AnnotationView {
    pub place: String,
    pub level: String,
    pub title: String,
    pub message: String,
}

pub(super) struct FileView {
    pub name: String,
    /// Not folded.
    pub open: bool,
    pub additions: u32,
    pub deletions: u32,
    /// Why there are no lines.
    pub remark: Option<&'static str>,
    /// Threads on the file as a whole.
    pub whole: Vec<ThreadView>,
    pub rows: Vec<Row>,
    /// Threads whose line changed since.
    pub outdated: Vec<ThreadView>,
}

pub(super) enum Row {
    Hunk(String),
    Code(CodeRow),
    Threads(Vec<ThreadView>),
}

pub(super) struct CodeRow {
    /// `add`, `del`, `ctx`.
    pub class: &'static str,
    pub old: String,
    pub new: String,
    pub sign: char,
    pub text: String,
}

pub(super) struct ThreadView {
    pub id: i64,
    pub resolved_by: Option<String>,
    pub range: Option<String>,
    pub notes: Vec<NoteView>,
}

pub(super) struct NoteView {
    pub author: String,
    pub initial: char,
    pub bot: bool,
    pub minimized: bool,
    pub html: Html,
}

impl ChangePage {
    pub(super) fn new(state: &State, forge: ForgeKind, change: &Change) -> Self {
        let diff = state.change_diff(change);
        let checks = super::checks::views(state, forge, change);
        let (platform, sigil, noun) = match forge {
            ForgeKind::GitHub => ("GitHub", '#', "pull request"),
            ForgeKind::GitLab => ("GitLab", '!', "merge request"),
        };
        let name = |id| state.repositories.get(&id).map(|found| found.full_name.clone());
        let repository = name(change.repository).unwrap_or_default();
        let head = match change.head_repository {
            Some(own) if own == change.repository => change.head_branch.clone(),
            Some(fork) => format!("{}:{}", name(fork).unwrap_or_default(), change.head_branch),
            None => "unknown repository".to_owned(),
        };
        let big = diff.len() > MANY_FILES;
        Self {
            places: if big { places(change) } else { Vec::new() },
            platform,
            sigil,
            noun,
            repository,
            number: change.number,
            title: change.title.clone(),
            body: prose(&change.body),
            state: match change.state {
                ChangeState::Open if change.draft => "Draft",
                ChangeState::Open => "Open",
                ChangeState::Merged => "Merged",
                ChangeState::Closed => "Closed",
            },
            author: change.author.clone(),
            base: change.base_branch.clone(),
            head,
            sha: change.head().chars().take(8).collect(),
            additions: diff.iter().map(|file| file.additions).sum(),
            deletions: diff.iter().map(|file| file.deletions).sum(),
            running: checks.is_empty() || checks.iter().any(|check| check.class == "running"),
            checks,
            comments: change.comments.iter().map(|note| note_view(state, note, prose)).collect(),
            files: diff.iter().map(|file| FileView::new(state, change, file, big)).collect(),
            threads: change.threads.iter().filter(|thread| !thread.notes.is_empty()).count(),
        }
    }
}

impl FileView {
    fn new(state: &State, change: &Change, file: &FileDiff, big: bool) -> Self {
        let mut whole = Vec::new();
        let mut outdated = Vec::new();
        let mut at: BTreeMap<(Side, u32), Vec<ThreadView>> = BTreeMap::new();
        for thread in &change.threads {
            if thread.original.path() != file.path || thread.notes.is_empty() {
                continue;
            }
            let view = ThreadView::new(state, file, thread);
            match &thread.current {
                None => outdated.push(view),
                Some(Anchor::File { .. }) => whole.push(view),
                Some(Anchor::Lines { side, line, .. }) => {
                    at.entry((*side, *line)).or_default().push(view);
                }
            }
        }
        let rows = rows(file, &mut at);
        let open = !big || rows.iter().any(|row| matches!(row, Row::Threads(_)));
        // A platform that lets comments hang outside of the hunks shows them below.
        whole.extend(at.into_values().flatten());
        Self {
            open: open || !whole.is_empty() || !outdated.is_empty(),
            name: match file.status {
                FileStatus::Renamed => format!("{} \u{2192} {}", file.old_path, file.path),
                _ => file.path.clone(),
            },
            additions: file.additions,
            deletions: file.deletions,
            remark: match file {
                FileDiff { binary: true, .. } => Some("Binary file"),
                FileDiff { cut: true, .. } => Some("The diff is too large to be shown"),
                _ if file.hunks.is_empty() => Some("Renamed without changes"),
                _ => None,
            },
            whole,
            rows,
            outdated,
        }
    }
}

/// The threads in the order of the diff.
fn places(change: &Change) -> Vec<(i64, String)> {
    let threads = change.threads.iter().filter(|thread| !thread.notes.is_empty());
    let mut places: Vec<(&str, u32, i64)> = threads
        .map(|thread| {
            let anchor = thread.current.as_ref().unwrap_or(&thread.original);
            (anchor.path(), anchor.last_line().map_or(0, |(_, line)| line), thread.id)
        })
        .collect();
    places.sort_unstable();
    let text = |path: &str, line: u32| match line {
        0 => path.to_owned(),
        _ => format!("{path}:{line}"),
    };
    places.into_iter().map(|(path, line, id)| (id, text(path, line))).collect()
}

/// The lines of the diff, each with the threads that hang on it.
fn rows(file: &FileDiff, at: &mut BTreeMap<(Side, u32), Vec<ThreadView>>) -> Vec<Row> {
    let mut rows = Vec::new();
    for hunk in &file.hunks {
        rows.push(Row::Hunk(hunk.header()));
        for line in &hunk.lines {
            let (class, sign) = match (line.old, line.new) {
                (None, _) => ("add", '+'),
                (_, None) => ("del", '-'),
                _ => ("ctx", ' '),
            };
            let number = |number: Option<u32>| number.map_or(String::new(), |n| n.to_string());
            let text = line.text.clone();
            let (old, new) = (number(line.old), number(line.new));
            rows.push(Row::Code(CodeRow { class, old, new, sign, text }));
            let new = line.new.and_then(|line| at.remove(&(Side::New, line)));
            let old = line.old.and_then(|line| at.remove(&(Side::Old, line)));
            let threads: Vec<ThreadView> = new.into_iter().chain(old).flatten().collect();
            if !threads.is_empty() {
                rows.push(Row::Threads(threads));
            }
        }
    }
    rows
}

impl ThreadView {
    fn new(state: &State, file: &FileDiff, thread: &Thread) -> Self {
        let range = match thread.current.as_ref().unwrap_or(&thread.original) {
            Anchor::Lines { start: Some((_, start)), line, .. } if start != line => {
                Some(format!("Lines {start} to {line}"))
            }
            _ => None,
        };
        let html = |body: &str| markdown::render(body, |offsets| thread.replaced(file, offsets));
        Self {
            id: thread.id,
            resolved_by: thread.resolved_by.clone(),
            range,
            notes: thread.notes.iter().map(|note| note_view(state, note, html)).collect(),
        }
    }
}

/// Markdown that hangs on no line.
pub(super) fn prose(text: &str) -> Html {
    markdown::render(text, |_| Vec::new())
}

fn note_view(state: &State, note: &Note, html: impl Fn(&str) -> Html) -> NoteView {
    let author = note.author.clone().unwrap_or_else(|| "ghost".to_owned());
    NoteView {
        initial: author.chars().next().map_or('?', |char| char.to_ascii_uppercase()),
        bot: state.people.get(&author).is_some_and(|person| person.bot),
        minimized: note.minimized.is_some(),
        html: html(&note.body),
        author,
    }
}
