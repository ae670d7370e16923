//! What is wrong in a comment's text though GitHub takes it: suggestions that nobody can apply.

use super::super::model::State;
use super::super::{Anchor, Side};

/// Sentences about what is wrong in a comment that hangs there.
pub(super) fn violations(state: &State, anchor: &Anchor, commit: &str, body: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (fences, ended) = fences(body);
    if !ended {
        found.push("a fence in a comment does not end".to_owned());
    }
    for (info, text) in fences.iter().filter(|(info, _)| info.starts_with("suggestion")) {
        if *info != "suggestion" {
            found.push(format!("a suggestion has the info string {info:?}"));
        }
        match replaced(state, anchor, commit) {
            None => found.push("a suggestion hangs on no lines of the new version".to_owned()),
            Some(lines) if lines == *text => {
                found.push("a suggestion changes nothing".to_owned());
            }
            Some(_) => {}
        }
    }
    found
}

/// The lines that a suggestion there replaces: the comment's own range.
fn replaced<'s>(state: &'s State, anchor: &Anchor, commit: &str) -> Option<Vec<&'s str>> {
    let Anchor::Lines { path, start, side: Side::New, line } = anchor else { return None };
    let first = match start {
        None => *line,
        Some((Side::New, first)) => *first,
        Some((Side::Old, _)) => return None,
    };
    let text = std::str::from_utf8(state.commits.get(commit)?.files.get(path)?).ok()?;
    let count = usize::try_from(line.checked_sub(first)?).ok()? + 1;
    Some(text.split('\n').skip(usize::try_from(first).ok()?.checked_sub(1)?).take(count).collect())
}

/// The fenced blocks of a text: info string and lines; and whether all of them end.
fn fences(body: &str) -> (Vec<(&str, Vec<&str>)>, bool) {
    let mut found: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut open: Option<&str> = None;
    for line in body.split('\n') {
        match (open, fence(line)) {
            (None, Some((mark, info))) => {
                open = Some(mark);
                found.push((info, Vec::new()));
            }
            (Some(opened), Some((mark, ""))) if mark.starts_with(opened) => open = None,
            (Some(_), _) => {
                if let Some((_, lines)) = found.last_mut() {
                    lines.push(line);
                }
            }
            (None, None) => {}
        }
    }
    (found, open.is_none())
}

/// The mark that a fence's line starts with, and what stands behind it.
fn fence(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let sign = line.chars().next().filter(|sign| matches!(sign, '`' | '~'))?;
    let info = line.trim_start_matches(sign);
    let mark = &line[..line.len() - info.len()];
    (mark.len() >= 3 && !info.contains('`')).then(|| (mark, info.trim()))
}

#[cfg(test)]
mod tests {
    use super::super::super::Simulator;
    use super::*;

    #[test]
    fn suggestions_that_nobody_can_apply_are_noticed() {
        let simulator = Simulator::new();
        let mut state = simulator.state();
        let repository = state.add_repository("a/b", [("f.py", "a\nb\nc\n")]);
        let commit = state.repositories[&repository].branches["main"].clone();
        let at = |start: Option<u32>, side, line| Anchor::Lines {
            path: "f.py".to_owned(),
            start: start.map(|line| (Side::New, line)),
            side,
            line,
        };
        let file = Anchor::File { path: "f.py".to_owned() };
        for (anchor, body, says) in [
            (at(None, Side::New, 2), "```suggestion\nB\n```", ""),
            (at(Some(1), Side::New, 2), "````suggestion\n```\n````", ""),
            (at(None, Side::New, 2), "```suggestion\n```", ""),
            (at(None, Side::New, 2), "```suggestion\nb\n```", "changes nothing"),
            (at(Some(1), Side::New, 2), "```suggestion\na\nb\n```", "changes nothing"),
            (at(None, Side::Old, 2), "```suggestion\nB\n```", "no lines of the new version"),
            (file, "```suggestion\nB\n```", "no lines of the new version"),
            (at(None, Side::New, 2), "```suggestion:-0+0\nB\n```", "info string"),
            (at(None, Side::New, 2), "```python\nB", "does not end"),
        ] {
            let found = violations(&state, &anchor, &commit, body).join("; ");
            assert!(found.contains(says), "{body}: {found}");
            assert_eq!(found.is_empty(), says.is_empty(), "{body}: {found}");
        }
    }
}
