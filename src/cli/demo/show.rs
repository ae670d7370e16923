//! The review as its author would see it, on a terminal.

use std::fmt::Write as _;

use super::Args;
use super::terminal::{BOLD, DIM, Folds, GREEN, PLAIN, RED, Replaced, render};
use crate::forge::ForgeKind;
use crate::forge::simulator::{Anchor, Change, FileDiff, Side, State, Thread};

/// Widest line of text.
const WIDTH: usize = 96;
/// Lines of the diff above a comment's last line.
const EXCERPT: usize = 4;

/// Title, comments at their lines, summary, check.
pub(super) fn review(state: &State, forge: ForgeKind, repository: i64, number: i64) -> String {
    let mut out = String::new();
    let Some(change) = state.change(repository, number) else { return out };
    let diff = state.change_diff(change);
    title(&mut out, forge, change, &diff);
    for file in diff.iter() {
        let mut threads: Vec<(Option<(Side, u32)>, &Thread)> = change
            .threads
            .iter()
            .filter_map(|thread| Some((thread.current.as_ref()?, thread)))
            .filter(|(place, _)| place.path() == file.path)
            .map(|(place, thread)| (place.last_line(), thread))
            .collect();
        threads.sort_by_key(|(place, thread)| (place.map(|(_, line)| line), thread.id));
        for (_, thread) in threads {
            comment(&mut out, file, thread);
        }
    }
    for note in &change.comments {
        let author = note.author.as_deref().unwrap_or("ghost");
        heading(&mut out, &format!("Summary by {author}"));
        text(&mut out, &note.body, Folds::Open, &|_| Vec::new());
    }
    gate(&mut out, state, forge, change);
    out
}

/// Where it can be seen.
pub(super) fn addresses(page: &str, dashboard: &str, args: &Args) -> String {
    let mut out = format!(
        "\n{BOLD}In a browser{PLAIN}\n  the review     {page}\n  the dashboard  {dashboard}/\n"
    );
    if args.has_history() {
        out += "The dashboard's half a year of history is made up.\n";
    }
    out += match args.once {
        true => "These end with the demo; without --once it stays until Ctrl-C.\n",
        false => "Ctrl-C ends the demo.\n",
    };
    out
}

fn title(out: &mut String, forge: ForgeKind, change: &Change, diff: &[FileDiff]) {
    let (sigil, noun) = match forge {
        ForgeKind::GitHub => ('#', "pull request"),
        ForgeKind::GitLab => ('!', "merge request"),
    };
    let additions: u32 = diff.iter().map(|file| file.additions).sum();
    let deletions: u32 = diff.iter().map(|file| file.deletions).sum();
    let _ = writeln!(out, "{BOLD}{} {sigil}{}{PLAIN}", change.title, change.number);
    let _ = writeln!(
        out,
        "{DIM}{noun} by {}, {} into {}, {} files, +{additions} -{deletions}{PLAIN}",
        change.author,
        change.head_branch,
        change.base_branch,
        diff.len()
    );
}

fn heading(out: &mut String, text: &str) {
    let rule = "-".repeat(WIDTH.saturating_sub(text.chars().count() + 4));
    let _ = writeln!(out, "\n{DIM}--{PLAIN} {BOLD}{text}{PLAIN} {DIM}{rule}{PLAIN}");
}

/// A comment below the lines that it speaks of.
fn comment(out: &mut String, file: &FileDiff, thread: &Thread) {
    match &thread.current {
        Some(Anchor::Lines { path, start, side, line }) => {
            heading(out, &format!("{path}:{line}"));
            let first = start.map_or(*line, |(_, start)| start);
            excerpt(out, file, *side, first, *line);
        }
        _ => heading(out, &file.path),
    }
    for (at, note) in thread.notes.iter().enumerate() {
        if at > 0 {
            let author = note.author.as_deref().unwrap_or("ghost");
            let _ = writeln!(out, "\n    {DIM}{author} answered:{PLAIN}");
        }
        text(out, &note.body, Folds::Closed, &|offsets| thread.replaced(file, offsets));
    }
}

/// The commented lines and a few above them.
fn excerpt(out: &mut String, file: &FileDiff, side: Side, first: u32, line: u32) {
    let Some(hunk) = file.hunk_of(side, line).map(|at| &file.hunks[at]) else { return };
    let position = |wanted: u32| {
        hunk.lines.iter().position(|own| match side {
            Side::New => own.new == Some(wanted),
            Side::Old => own.old == Some(wanted),
        })
    };
    let Some(last) = position(line) else { return };
    let start = position(first).unwrap_or(last).saturating_sub(EXCERPT - 1);
    for line in &hunk.lines[start..=last] {
        let (colour, sign) = match (line.old, line.new) {
            (None, _) => (GREEN, '+'),
            (_, None) => (RED, '-'),
            _ => ("", ' '),
        };
        let number = line.new.map_or(String::new(), |number| number.to_string());
        let text = format!("{sign} {}", line.text);
        let _ = writeln!(out, "{DIM}{number:>5}{PLAIN} {colour}{}{PLAIN}", text.trim_end());
    }
    out.push('\n');
}

/// Markdown, indented.
fn text(out: &mut String, body: &str, folds: Folds, replaced: Replaced<'_>) {
    for line in render(body, WIDTH - 4, folds, replaced) {
        let _ = match line.is_empty() {
            true => writeln!(out),
            false => writeln!(out, "    {line}"),
        };
    }
}

/// The check run or commit status at the head.
fn gate(out: &mut String, state: &State, forge: ForgeKind, change: &Change) {
    let (kind, name, word, title) = match forge {
        ForgeKind::GitHub => {
            let Some(check) = state.checks.iter().rfind(|check| check.head_sha == change.head())
            else {
                return;
            };
            let word = check.conclusion.clone().unwrap_or_else(|| check.status.clone());
            ("Check", &check.name, word, check.title.clone())
        }
        ForgeKind::GitLab => {
            let Some(status) = state.statuses.iter().rfind(|status| status.sha == change.head())
            else {
                return;
            };
            ("Status", &status.name, status.state.clone(), status.description.clone())
        }
    };
    heading(out, &format!("{kind} {name}"));
    let colour = if word == "success" { GREEN } else { RED };
    let title = title.unwrap_or_default();
    let _ = writeln!(out, "    {colour}{BOLD}{word}{PLAIN}: {title}");
}
