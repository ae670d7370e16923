//! What people write in comments: commands to us, and bodies that look like ours.

use asyncwarden::analysis::Fingerprint;
use asyncwarden::review::command::{Command, Unknown, answer, commands, is_addressed};
use asyncwarden::review::{Marked, Marker, raw_marker};

use super::harmless::{PUBLIC_URL, assert_harmless};
use super::parts;

/// Longest answer to one command: an explanation is the longest.
const LONGEST_ANSWER: usize = 20_000;
const HEAD: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567";

/// Reads the input as a comment with commands, and as one that claims to be ours.
pub(super) fn comments(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    obeyed(&text);
    marked(&text);
}

fn obeyed(text: &str) {
    for in_thread in [false, true] {
        let commands = commands(text, in_thread);
        assert_eq!(is_addressed(text), !commands.is_empty());
        assert!(commands.len() <= 5);
        for command in &commands {
            if let Command::Ignore { rule, reason } = command {
                assert!(rule.is_some() || in_thread);
                assert!(reason.is_none_or(|it| !it.is_empty() && it.chars().count() <= 300));
            }
            if let Command::Unknown(Unknown::Word(word) | Unknown::Rule(word)) = command {
                assert!(!word.is_empty() && text.contains(word) && !word.contains('\n'));
            }
            let Some(answer) = answer(command, Some(PUBLIC_URL)) else { continue };
            assert!(answer.len() <= LONGEST_ANSWER, "{} bytes", answer.len());
            assert!(!is_addressed(&answer), "it answers itself: {answer}");
            assert_harmless(&answer);
        }
    }
}

fn marked(text: &str) {
    let marker = Marker::new(vec![b"new".to_vec(), b"old".to_vec()]);
    if let Some(mark) = marker.read(text) {
        // Nothing counts but what was signed, to the letter.
        let raw = raw_marker(text).expect("there is one");
        let ours = [&b"new"[..], b"old"].iter().any(|key| {
            let one = Marker::new(vec![key.to_vec()]);
            one.sign(&mark.kind, &mark.head_sha).eq_ignore_ascii_case(raw)
        });
        assert!(ours, "{raw} was never signed");
    }

    let part = parts(text);
    let name = |at| -> String { part(at).chars().filter(char::is_ascii_alphanumeric).collect() };
    let names = [name(0), name(1)].map(Fingerprint);
    for kind in [Marked::Findings(names.to_vec()), Marked::Summary, Marked::Answer(name(2))] {
        let signed = marker.sign(&kind, HEAD);
        let mark = marker.read(&format!("{text}\n\n{signed}")).expect("we signed it");
        assert_eq!((&mark.kind, mark.head_sha.as_str()), (&kind, HEAD));
        // Behind it, nothing of anybody's counts.
        let behind = format!("{signed}{text}");
        if !text.trim().is_empty() && raw_marker(text).is_none() {
            assert_eq!(marker.read(&behind), None, "{behind}");
        }
        let at = text.len() % signed.len();
        let mut bent = signed.into_bytes();
        bent[at] = if bent[at] == b'0' { b'1' } else { b'0' };
        let bent = String::from_utf8(bent).expect("ASCII");
        assert_eq!(marker.read(&bent), None, "{bent}");
    }
}
