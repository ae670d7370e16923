//! Whatever stands in names, paths, messages and settings: what the bot says mentions nobody, refers to nothing, leads nowhere
//! and commands nothing.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::command::{answer, commands};
use super::fixture::{SLEEP, finding, place, sleep_at, world};
use super::{Gate, code};
use crate::analysis::{Finding, Place, Related, SkippedFile};
use crate::change::is_hidden;

/// What somebody may write who wants the bot to do something.
const HOSTILE: [&str; 31] = [
    " \n",
    "@all",
    "@octo/team",
    "a`b",
    "``",
    "x`\\`@all` z",
    "\\",
    "x`\\",
    "<img src=x onerror=alert(1)>",
    "</details><script>alert(1)</script>",
    "<!-- asyncwarden:v1 summary 0a1b2c3d 5d4e -->",
    "<https://evil.example>",
    "![x](https://evil.example/pixel.png)",
    "[click](javascript:alert(1))",
    "[x]: https://evil.example",
    "[x][x]",
    "&commat;all &#64;all &lt;b&gt;",
    "#1 !2 GH-3 octo/app#4 group/app!5",
    "&6 %7 $8 ~9 ^10",
    "https://forge.example/octo/app/issues/5",
    "www.evil.example",
    "mail@evil.example",
    "\n/approve\n",
    "\r\n/close\r\n",
    "\u{2028}/merge",
    "```\n/merge\n```",
    "~~~\n\n# big",
    "a | b |\n|---|---|",
    "\u{202e}\u{1b}[31m\u{7}",
    "a\0b\u{9b}31m\u{200f}",
    "* a\n* b\n\n    c",
];

fn markup(text: &str) -> impl Iterator<Item = Event<'_>> {
    Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH)
}

/// Asserts that a body has no effect but to be read.
fn assert_harmless(body: &str, from: &str) {
    let refuse = |what: &str| panic!("{what} of {from:?} in\n{body}");
    for line in body.lines() {
        if line.trim_start().starts_with('/') {
            refuse("a quick action");
        }
    }
    // What we put between to break mentions is one of them.
    let unseen = |c: char| c != '\n' && c != '\u{200b}' && (c.is_control() || is_hidden(c));
    if body.contains(unseen) {
        refuse("something unseen");
    }
    let mut said = String::new();
    for event in markup(body) {
        match event {
            Event::Text(text) => said.push_str(&text),
            Event::Code(_) | Event::Start(Tag::CodeBlock(_)) => said.push('\u{1}'),
            Event::End(TagEnd::CodeBlock) => {
                let code = said.rfind('\u{1}').unwrap_or_default();
                said.truncate(code);
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                if !dest_url.starts_with("https://warden.example/") {
                    refuse("a link");
                }
            }
            Event::Start(Tag::Image { .. }) => refuse("an image"),
            Event::Html(html) | Event::InlineHtml(html) => {
                let ours =
                    ["<details>", "</details>", "<sub>", "</sub>", "<br>", "<!-- asyncwarden:v1 "];
                if !ours.iter().any(|it| html.trim_start().starts_with(it)) {
                    refuse("HTML");
                }
            }
            _ => said.push(' '),
        }
    }
    let chars: Vec<char> = said.chars().collect();
    for (at, c) in chars.iter().enumerate() {
        let next = chars.get(at + 1).copied().unwrap_or(' ');
        match c {
            '@' if next.is_alphanumeric() => refuse("a mention"),
            '#' | '!' | '&' | '%' | '$' | '~' if next.is_ascii_digit() => refuse("a reference"),
            _ => {}
        }
    }
    for word in ["://", "www.e", "GH-3"] {
        if said.contains(word) {
            refuse("an address or a reference");
        }
    }
}

/// A finding that has the text wherever one has text.
#[allow(clippy::needless_pass_by_value, reason = "it is made for the finding")]
fn hostile(line: u32, message: String, text: &str) -> Finding {
    let elsewhere = Place { path: text.to_owned(), ..place(1, 1) };
    let related = |message: String| Related { place: elsewhere.clone(), message };
    Finding {
        related: vec![related(format!("`{text}` is called here")), related(text.to_owned())],
        // Findings of one scope would share a comment.
        scope: format!("{text} at {line}"),
        ..finding(&SLEEP, line, &message)
    }
}

/// All that is said when the text is everywhere.
fn said(text: &str) -> Vec<String> {
    let mut findings = vec![
        hostile(3, format!("`{text}` stops every task; write `{text}`"), text),
        hostile(6, text.to_owned(), text),
        sleep_at(5),
    ];
    findings[2].place.path = text.to_owned();
    let mut world = world(findings);
    world.analysis.suppressed = vec![hostile(7, text.to_owned(), text)];
    world.analysis.notes = vec![format!("The context was limited: `{text}` was not looked at.")];
    let skipped = |reason: &str| SkippedFile { path: text.to_owned(), reason: reason.to_owned() };
    world.analysis.skipped =
        vec![skipped("is not UTF-8"), skipped("is large"), skipped("is large")];
    world.omissions = vec![
        format!("{} is a link, and was not analysed.", code(text)),
        format!("`{text}` was not analysed."),
    ];
    world.complaints = vec![format!("`.asyncwarden.toml`: there is no setting `{text}`.")];
    let mut bodies = Vec::new();
    for slash_commands in [false, true] {
        world.dialect.slash_commands = slash_commands;
        let plan = world.plan();
        bodies.extend(plan.post.into_iter().map(|comment| comment.body));
        bodies.extend(plan.summary);
        bodies.push(plan.gate.summary);
    }
    let told = format!("@asyncwarden {text}\n@asyncwarden ignore {text}");
    bodies.extend(commands(&told, false).iter().filter_map(|it| answer(it, None)));
    bodies
}

#[test]
fn nothing_of_others_has_an_effect_in_what_is_said() {
    for text in HOSTILE {
        let bodies = said(text);
        assert!(bodies.len() >= 8, "{}", bodies.len());
        bodies.iter().for_each(|body| assert_harmless(body, text));
    }
}

#[test]
fn nothing_is_put_together_from_harmless_parts() {
    for first in HOSTILE {
        for second in HOSTILE {
            let text = format!("{first}{second}");
            let mut world = world(vec![hostile(3, format!("`{text}` and {text}"), &text)]);
            world.omissions =
                vec![format!("`{first}` is {second}"), format!("`{text}` is {}", code(&text))];
            let plan = world.plan();
            assert_harmless(&plan.post[0].body, &text);
            assert_harmless(&plan.summary.unwrap_or_default(), &text);
        }
    }
}

#[test]
fn titles_and_annotations_are_one_line_each_and_visible() {
    for text in HOSTILE {
        let gates = [
            Gate::paused(text, None),
            Gate::neutral(text, None),
            Gate::skipped(text, None),
            world(vec![hostile(3, text.to_owned(), text)]).plan().gate,
        ];
        for gate in gates {
            let unseen = |c: char| c.is_control() || is_hidden(c);
            assert!(!gate.title.contains(unseen), "{:?}", gate.title);
            for annotation in gate.annotations {
                let mut lines = annotation.message.split('\n');
                assert!(lines.all(|line| !line.contains(unseen)), "{:?}", annotation.message);
                assert_eq!(annotation.message.lines().count(), 3);
            }
        }
    }
}
