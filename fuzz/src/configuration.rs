//! Files that configure a repository or the service.

use std::sync::Arc;

use asyncwarden::analysis::RULES;
use asyncwarden::fuzzing::{hooks_file, settings_file};
use asyncwarden::policy::{Audience, FILES, Policy, stated};

use super::parts;

/// Most complaints about a repository's settings, with the one that counts the rest.
const MOST_PROBLEMS: usize = 21;
/// Longest complaint, in bytes.
const LONGEST_PROBLEM: usize = 1_500;
/// Paths that patterns are held against, beside the input itself.
const PATHS: [&str; 4] = ["app.py", "tests/unit/test_a.py", "größe/日本.py", ""];

/// Reads the input as each of the files, whole and in parts.
pub(super) fn configuration(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let part = parts(&text);
    let files = |own: Option<&[u8]>, project: &[u8], setup: &[u8]| {
        let texts = [own.map(<[u8]>::to_vec), Some(project.to_vec()), Some(setup.to_vec())];
        move |name: &str| {
            let at = FILES.iter().position(|file| *file == name)?;
            texts[at].as_deref().map(Arc::from)
        }
    };
    let section = format!("[tool.asyncwarden]\n{}", part(0));
    repository(&files(Some(data), part(1).as_bytes(), part(2).as_bytes()), &text);
    repository(&files(None, section.as_bytes(), data), &text);
    repository(&files(None, data, section.as_bytes()), &text);

    if let Err(problem) = settings_file(&text) {
        assert_one_line(&problem);
    }
    if let Err(problem) = hooks_file(&text) {
        assert_one_line(&problem);
    }
}

fn repository(read: &dyn Fn(&str) -> Option<Arc<[u8]>>, text: &str) {
    let (policy, problems) = Policy::from_files(read);
    assert!(problems.len() <= MOST_PROBLEMS, "{}", problems.len());
    for problem in &problems {
        assert!(problem.len() <= LONGEST_PROBLEM, "{} bytes: {problem}", problem.len());
        assert_eq!(problem.lines().count(), 1, "{problem:?}");
        assert!(!problem.contains(char::is_control), "{problem:?}");
        assert!(problem.ends_with('.'), "{problem:?}");
    }
    assert!(policy.max_comments <= 1_000 && policy.known.len() <= 200);
    for path in PATHS.iter().copied().chain([text]) {
        policy.choice.is_excluded(path);
        for rule in RULES.iter().take(3) {
            policy.choice.runs(rule, path);
            policy.choice.severity(rule, path);
        }
        policy.choice.hears(Audience::Gate, path);
    }
    assert!(stated(read).is_object());
    // The same files say the same.
    assert_eq!(Policy::from_files(read), (policy, problems));
}

/// One line for an operator, which is not as long as what it complains of.
fn assert_one_line(problem: &str) {
    assert_eq!(problem.lines().count(), 1, "{problem:?}");
    assert!(problem.chars().count() <= 3_100, "{} bytes", problem.len());
    assert!(!problem.contains(char::is_control), "{problem:?}");
}
