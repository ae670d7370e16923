//! What GitLab does with the text of a note: limits, quick actions, suggestions.

use super::reply::Refusal;

/// Longest note, in characters.
const LONGEST: usize = 1_000_000;

/// Words that run a command when a line starts with `/` and one of them.
const QUICK_ACTIONS: [&str; 24] = [
    "approve",
    "assign",
    "assign_reviewer",
    "award",
    "close",
    "copy_metadata",
    "done",
    "draft",
    "due",
    "estimate",
    "label",
    "lock",
    "merge",
    "milestone",
    "ready",
    "rebase",
    "relabel",
    "reopen",
    "spend",
    "submit_review",
    "target_branch",
    "title",
    "todo",
    "unlabel",
];

/// Refuses what is no note.
pub(super) fn check(body: &str) -> Result<(), Refusal> {
    if body.trim().is_empty() {
        return Err(Refusal::note(&[("note", &["can't be blank"])]));
    }
    if body.chars().count() > LONGEST {
        return Err(Refusal::note(&[("note", &["is too long (maximum is 1000000 characters)"])]));
    }
    Ok(())
}

/// What the text does that nobody can have meant. `line` is the commented line, if there is one.
pub(super) fn violations(body: &str, line: Option<u32>) -> Vec<String> {
    let mut found = Vec::new();
    // The fence that is open: its character, repeated as often as here.
    let mut open: Option<&str> = None;
    for text in body.lines() {
        let fence = fence_of(text);
        match (open, fence) {
            (None, Some((fence, info))) => {
                open = Some(fence);
                if let Some(range) = info.strip_prefix("suggestion") {
                    found.extend(wrong_suggestion(range, line));
                }
            }
            (Some(opened), Some((fence, ""))) if fence.starts_with(opened) => open = None,
            (None, None) => {
                let action = text.strip_prefix('/').and_then(|rest| rest.split_whitespace().next());
                if let Some(action) = action.filter(|action| QUICK_ACTIONS.contains(action)) {
                    found.push(format!("a note ran the quick action /{action}"));
                }
            }
            _ => {}
        }
    }
    if open.is_some() {
        found.push("a fence in a note does not end".to_owned());
    }
    found
}

/// The fence that a line starts with, and what stands behind it.
fn fence_of(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let sign = line.chars().next().filter(|sign| ['`', '~'].contains(sign))?;
    let rest = line.trim_start_matches(sign);
    let fence = &line[..line.len() - rest.len()];
    (fence.len() >= 3 && !rest.contains('`')).then(|| (fence, rest.trim()))
}

/// `:-A+B` behind `suggestion`: lines above and below the commented one, 100 each at most.
fn wrong_suggestion(range: &str, line: Option<u32>) -> Option<String> {
    let Some(line) = line else { return Some("a suggestion hangs on no line".to_owned()) };
    if range.is_empty() {
        return None;
    }
    let numbers = range.strip_prefix(":-").and_then(|range| range.split_once('+'));
    let numbers = numbers.and_then(|(a, b)| Some((a.parse::<u32>().ok()?, b.parse::<u32>().ok()?)));
    match numbers {
        Some((above, below)) if above <= 100 && below <= 100 && above < line => None,
        _ => Some(format!("a suggestion at line {line} has the range {range:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_and_wrong_suggestions_are_noticed() {
        for (body, line, wrong) in [
            ("fine", Some(3), 0),
            ("/close", Some(3), 1),
            (" /close", Some(3), 0),
            ("/usr/bin", Some(3), 0),
            ("```\n/close\n```\nx", Some(3), 0),
            ("````suggestion:-1+0\n```\n/close\n```\n````", Some(3), 0),
            ("```suggestion:-3+0\nx\n```", Some(3), 1),
            ("```suggestion:-0+101\nx\n```", Some(3), 1),
            ("```suggestion\nx\n```", None, 1),
            ("```python\nx", Some(3), 1),
        ] {
            assert_eq!(violations(body, line).len(), wrong, "{body}");
        }
    }
}
