//! What is answered in words. Most commands get a reaction only.

use super::{Command, Unknown};
use crate::analysis::{RULES, Rule};
use crate::policy::nearest;
use crate::review::comment::section;
use crate::review::markdown::{code, unwrap};

/// Longest part of a word that is repeated, in bytes. No rule has a longer name.
const LONGEST_WORD: usize = 100;

/// What there is to tell, as Markdown.
pub fn help() -> String {
    "\
| comment | what happens |
|---|---|
| `@asyncwarden review` | reviews now, also a draft and while reviews are paused |
| `@asyncwarden recheck` | reviews the head again |
| `@asyncwarden ignore AW501 reason` | keeps the findings of a rule in this change; in a thread of mine, where no rule is needed: that finding |
| `@asyncwarden accept` | keeps all that is open; in a thread of mine: that finding |
| `@asyncwarden explain AW501` | tells why a rule matters, and what is better |
| `@asyncwarden pause`, `resume` | stops reviewing this change, and goes on |

For people who may write to the repository. To keep a finding for good, write `# asyncwarden: ignore[AW501] reason` at its line."
        .to_owned()
}

/// The answer to a command, as Markdown; `None` when a reaction says it. `public_url`: where the rules' pages are.
pub fn answer(command: &Command<'_>, public_url: Option<&str>) -> Option<String> {
    match command {
        Command::Help => Some(help()),
        Command::Explain(rule) => Some(explain(rule, public_url)),
        Command::Unknown(unknown) => Some(format!("{}\n\n{}", complaint(unknown), help())),
        _ => None,
    }
}

fn complaint(unknown: &Unknown<'_>) -> String {
    match unknown {
        Unknown::Word(word) => format!("I don't know {}.", code(start(word))),
        Unknown::NoRule => {
            "Which rule? Its code is in the last line of a comment of mine.".to_owned()
        }
        Unknown::Rule(name) => {
            let name = start(name);
            let names = RULES.iter().flat_map(|rule| [rule.code, rule.name]);
            match nearest(name, names) {
                Some(near) => {
                    format!("There is no rule {}; do you mean {}?", code(name), code(near))
                }
                None => format!("There is no rule {}.", code(name)),
            }
        }
    }
}

/// As much of a word as is repeated: whoever writes pages of it knows what they wrote.
fn start(word: &str) -> &str {
    &word[..word.floor_char_boundary(LONGEST_WORD)]
}

/// What the rule's page says, without its cases.
fn explain(rule: &Rule, public_url: Option<&str>) -> String {
    let mut text = format!("**{} {}**", rule.code, rule.name);
    let about = rule.page.split_once('\n').map_or("", |(_, rest)| rest);
    let about = about.split("\n## ").next().unwrap_or_default();
    text.push_str(&format!("\n\n{}", unwrap(about.trim())));
    for heading in ["Why it matters", "Better"] {
        if let Some(section) = section(rule.page, heading) {
            text.push_str(&format!("\n\n**{heading}**\n\n{}", unwrap(section)));
        }
    }
    if let Some(url) = public_url {
        text.push_str(&format!("\n\n[All about {}]({url}/rules/{})", rule.code, rule.code));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::commands;
    use super::*;

    fn said(text: &str) -> Option<String> {
        answer(&commands(text, false)[0], Some("https://warden.example"))
    }

    #[test]
    fn what_a_reaction_says_needs_no_words() {
        for text in ["review", "recheck", "accept", "pause", "resume", "ignore AW501 why"] {
            assert_eq!(said(&format!("@asyncwarden {text}")), None);
        }
    }

    #[test]
    fn an_explanation_is_the_rules_page_without_the_cases() {
        for rule in RULES {
            let text = said(&format!("@asyncwarden explain {}", rule.code)).unwrap();
            assert!(text.starts_with(&format!("**{} {}**", rule.code, rule.name)), "{text}");
            assert!(text.contains("**Why it matters**"), "{text}");
            assert!(!text.contains("# finding:") && !text.contains("\n## "), "{text}");
            assert!(text.ends_with(&format!("(https://warden.example/rules/{})", rule.code)));
            assert!(text.chars().count() < 20_000, "{}", rule.code);
        }
    }

    #[test]
    fn a_word_of_any_length_gets_a_short_answer() {
        for command in ["", "explain ", "ignore "] {
            let text = said(&format!("@asyncwarden {command}{}", "ä`".repeat(30_000))).unwrap();
            assert!(text.len() < 2_000, "{} bytes", text.len());
        }
    }

    #[test]
    fn what_is_not_understood_is_told_with_what_would_be() {
        for (text, part) in [
            ("merge", "I don't know `merge`."),
            ("ignore AW5O1", "There is no rule `AW5O1`; do you mean `AW501`?"),
            ("explain nonsense", "There is no rule `nonsense`."),
            ("ignore", "Which rule?"),
            ("`x` @all", "I don't know"),
        ] {
            let text = said(&format!("@asyncwarden {text}")).unwrap();
            assert!(text.starts_with(part) && text.contains("`@asyncwarden review`"), "{text}");
        }
    }
}
