//! Commands in a comment's text.

use super::{Command, Unknown};
use crate::analysis::{Rule, rule_by_code, rule_by_name};

/// Most commands of one comment.
const MOST: usize = 5;
/// Longest reason that is kept, in Unicode scalar values.
const LONGEST_REASON: usize = 300;

/// Whether the text has a command, of whatever kind.
pub fn is_addressed(text: &str) -> bool {
    addressed(text).next().is_some()
}

/// The commands of a text, in their order. `in_thread`: it is written in a thread of ours, whose findings it speaks of.
pub fn commands(text: &str, in_thread: bool) -> Vec<Command<'_>> {
    addressed(text).take(MOST).map(|line| command(line, in_thread)).collect()
}

/// What follows the name in lines that begin with it.
fn addressed(text: &str) -> impl Iterator<Item = &str> {
    let mut fence: Option<&str> = None;
    text.lines().filter_map(move |line| {
        let line = line.trim();
        let mark = ["```", "~~~"].into_iter().find(|mark| line.starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            _ => {}
        }
        if fence.is_some() { None } else { after_name(line) }
    })
}

/// The rest of a line that begins with `@asyncwarden`, or a longer name, as an App of one's own has: `@asyncwarden-acme`.
fn after_name(line: &str) -> Option<&str> {
    const NAME: &str = "@asyncwarden";
    let start = line.get(..NAME.len()).filter(|start| start.eq_ignore_ascii_case(NAME))?;
    let rest = line.get(start.len()..)?;
    let of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '[' | ']');
    let rest = rest.trim_start_matches(of_name);
    let ends = rest.is_empty() || rest.starts_with([' ', '\t', ':', ',']);
    ends.then(|| rest.trim_start_matches([' ', '\t', ':', ',']).trim_end())
}

fn command(line: &str, in_thread: bool) -> Command<'_> {
    let (word, rest) = split(line);
    match word.to_ascii_lowercase().as_str() {
        "review" => Command::Review,
        "recheck" | "re-check" | "rerun" => Command::Recheck,
        "accept" => Command::Accept,
        "pause" => Command::Pause,
        "resume" => Command::Resume,
        "help" | "" => Command::Help,
        "ignore" => ignore(rest, in_thread),
        "explain" => match split(rest).0 {
            "" => Command::Unknown(Unknown::NoRule),
            name => rule(name).map_or(Command::Unknown(Unknown::Rule(name)), Command::Explain),
        },
        _ => Command::Unknown(Unknown::Word(word)),
    }
}

/// In a thread the rule may be left out, since the thread says what is meant.
fn ignore(rest: &str, in_thread: bool) -> Command<'_> {
    let (name, behind) = split(rest);
    match rule(name) {
        Some(rule) => Command::Ignore { rule: Some(rule), reason: reason(behind) },
        None if in_thread => Command::Ignore { rule: None, reason: reason(rest) },
        None if name.is_empty() => Command::Unknown(Unknown::NoRule),
        None => Command::Unknown(Unknown::Rule(name)),
    }
}

fn rule(name: &str) -> Option<&'static Rule> {
    let name = name.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    rule_by_code(name).or_else(|| rule_by_name(&name.to_ascii_lowercase()))
}

fn reason(text: &str) -> Option<&str> {
    let text = text.trim_start_matches(['-', ':', ' ']).trim();
    let end = text.char_indices().nth(LONGEST_REASON).map_or(text.len(), |(at, _)| at);
    text.get(..end).filter(|text| !text.is_empty())
}

fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The commands as short texts.
    fn read(text: &str, in_thread: bool) -> Vec<String> {
        let short = |command: Command<'_>| match command {
            Command::Review => "review".to_owned(),
            Command::Recheck => "recheck".to_owned(),
            Command::Ignore { rule, reason } => {
                let rule = rule.map_or("thread", |rule| rule.code);
                format!("ignore {rule} {}", reason.unwrap_or("-"))
            }
            Command::Accept => "accept".to_owned(),
            Command::Explain(rule) => format!("explain {}", rule.code),
            Command::Pause => "pause".to_owned(),
            Command::Resume => "resume".to_owned(),
            Command::Help => "help".to_owned(),
            Command::Unknown(unknown) => format!("{unknown:?}"),
        };
        commands(text, in_thread).into_iter().map(short).collect()
    }

    #[test]
    fn a_line_that_begins_with_the_name_is_a_command() {
        for (text, found) in [
            ("@asyncwarden review", vec!["review"]),
            ("  @AsyncWarden: recheck please", vec!["recheck"]),
            ("@asyncwarden-acme[bot] pause", vec!["pause"]),
            ("@asyncwarden", vec!["help"]),
            ("Thanks!\r\n\r\n@asyncwarden resume\r\n", vec!["resume"]),
            (
                "@asyncwarden ignore AW501 it runs in a thread",
                vec!["ignore AW501 it runs in a thread"],
            ),
            ("@asyncwarden ignore `aw501`", vec!["ignore AW501 -"]),
            ("@asyncwarden ignore blocking-sleep - start-up", vec!["ignore AW501 start-up"]),
            ("@asyncwarden ignore AW999", vec!["Rule(\"AW999\")"]),
            ("@asyncwarden ignore", vec!["NoRule"]),
            ("@asyncwarden explain AW206", vec!["explain AW206"]),
            ("@asyncwarden explain", vec!["NoRule"]),
            ("@asyncwarden merge", vec!["Word(\"merge\")"]),
            ("@asyncwarden accept\n@asyncwarden pause", vec!["accept", "pause"]),
            ("I asked @asyncwarden review", vec![]),
            ("> @asyncwarden review", vec![]),
            ("```\n@asyncwarden review\n```", vec![]),
            ("```\n~~~\n@asyncwarden review\n```\n@asyncwarden help", vec!["help"]),
            ("@asyncwardens review", vec!["review"]),
            ("@async review", vec![]),
            ("@asyncwarden/team review", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(read(text, false), found, "{text:?}");
            assert_eq!(is_addressed(text), !found.is_empty(), "{text:?}");
        }
        let many = "@asyncwarden review\n".repeat(50);
        assert_eq!(read(&many, false).len(), MOST);
    }

    #[test]
    fn in_a_thread_the_rule_may_be_left_out() {
        for (text, found) in [
            ("@asyncwarden ignore", "ignore thread -"),
            ("@asyncwarden ignore only at start-up", "ignore thread only at start-up"),
            ("@asyncwarden ignore AW206 kept elsewhere", "ignore AW206 kept elsewhere"),
            ("@asyncwarden accept", "accept"),
        ] {
            assert_eq!(read(text, true), [found], "{text:?}");
        }
        let long = format!("@asyncwarden ignore {}", "ä".repeat(1000));
        assert_eq!(read(&long, true)[0].chars().count(), "ignore thread ".len() + LONGEST_REASON);
    }
}
