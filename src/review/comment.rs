//! What an inline comment says: what happens, why it matters, what to write, and a last small line.

use std::collections::BTreeSet;

use super::better::fitting;
use super::markdown::{code, plain, sentence, unwrap};
use super::suggestion::Suggestion;
use super::{Comment, CommentPlace, Input, Marked};
use crate::analysis::{Finding, Item, Place, Related, Rule};
use crate::change::visible;
use crate::policy::PythonVersion;

/// Links of a call chain that are shown; the middle of a longer one is left out.
const LINKS: usize = 4;
/// What one byte of a sentence becomes at most, in bytes: `&amp;` and a space that nobody sees.
const LONGEST_ESCAPE: usize = 8;

/// Findings that share a place, most important first, with what one comment about them needs.
#[derive(Debug, Clone)]
pub(super) struct Group<'a> {
    /// Where the comment hangs.
    pub(super) place: CommentPlace,
    /// The findings, at least one.
    pub(super) findings: Vec<&'a Finding>,
    /// A fix of one of them; its lines are those of `place`.
    pub(super) suggestion: Option<Suggestion>,
}

impl Group<'_> {
    /// The comment to post.
    pub(super) fn comment(&self, input: &Input<'_>) -> Option<Comment> {
        let mut fingerprints = self.findings.iter().map(|finding| finding.fingerprint.clone());
        let fingerprint = fingerprints.next()?;
        let also: Vec<_> = fingerprints.collect();
        let all = std::iter::once(&fingerprint).chain(&also).cloned().collect();
        let mark = input.marker.sign(&Marked::Findings(all), input.head_sha);
        let body = format!("{}\n\n{mark}", self.text(input, mark.len() + 2));
        Some(Comment { fingerprint, also, place: self.place.clone(), body })
    }

    /// The text, shorter than the platform's limit by `reserved` bytes: what matters least is left out first.
    fn text(&self, input: &Input<'_>, reserved: usize) -> String {
        let limit = input.dialect.max_body.saturating_sub(reserved);
        let whole = self.sections(input, true);
        if whole.len() <= limit {
            return whole;
        }
        let short = self.sections(input, false);
        if short.len() <= limit {
            return short;
        }
        let Some(first) = self.findings.first() else { return String::new() };
        // Cut before it is made harmless, as a code span without its end is none.
        let room = limit.saturating_sub(self.headline(first, "").len()) / LONGEST_ESCAPE;
        self.headline(first, &first.message[..first.message.floor_char_boundary(room)])
    }

    fn sections(&self, input: &Input<'_>, details: bool) -> String {
        let mut parts: Vec<String> = Vec::new();
        let mut rules: Vec<&'static Rule> = Vec::new();
        for (index, finding) in self.findings.iter().enumerate() {
            if self.says_nothing_new(index) {
                continue;
            }
            if self.is_likewise(index) {
                continue;
            }
            parts.push(self.headline(finding, &finding.message));
            parts.extend(explanation(finding));
            parts.extend(self.likewise(finding));
            if rules.iter().all(|rule| rule.code != finding.rule.code) {
                rules.push(finding.rule);
            }
        }
        if details {
            let dialect = &input.dialect;
            let suggest = |s: &Suggestion| s.render(dialect.suggestion, dialect.slash_commands);
            parts.extend(self.suggestion.as_ref().and_then(suggest));
            let target = input.policy.target;
            parts.extend(rules.iter().filter_map(|rule| reasons(rule, target)));
        }
        let lines: Vec<_> = rules.iter().map(|rule| self.small_line(rule, input)).collect();
        parts.push(lines.join("\n"));
        parts.join("\n\n")
    }

    /// Whether an earlier finding of the same rule says the same.
    fn says_nothing_new(&self, index: usize) -> bool {
        let (earlier, rest) = self.findings.split_at(index);
        rest.first().is_some_and(|finding| {
            let same = |other: &&Finding| {
                other.rule.code == finding.rule.code && other.message == finding.message
            };
            earlier.iter().any(same)
        })
    }

    /// Whether the finding stands on another line than an earlier one of its rule, which names it below its own text.
    fn is_likewise(&self, index: usize) -> bool {
        let (earlier, rest) = self.findings.split_at(index);
        rest.first().is_some_and(|finding| {
            earlier.iter().any(|other| {
                other.rule.code == finding.rule.code && other.place.line != finding.place.line
            })
        })
    }

    /// Where else the same is found: the other findings of the rule, by their lines.
    fn likewise(&self, finding: &Finding) -> Option<String> {
        let others = self.findings.iter().filter(|other| {
            other.rule.code == finding.rule.code && other.place.line != finding.place.line
        });
        let lines: BTreeSet<u32> = others.map(|other| other.place.line).collect();
        let lines: Vec<String> = lines.iter().map(u32::to_string).collect();
        match lines.split_last()? {
            (only, []) => Some(format!("Likewise in line {only}.")),
            (last, rest) => Some(format!("Likewise in lines {} and {last}.", rest.join(", "))),
        }
    }

    fn headline(&self, finding: &Finding, message: &str) -> String {
        let severity = finding.severity.title();
        let message = sentence(message);
        match self.place {
            CommentPlace::Lines { .. } => format!("**{severity}**: {message}"),
            CommentPlace::File { .. } => {
                format!("**{severity}**, line {}: {message}", finding.place.line)
            }
        }
    }

    fn small_line(&self, rule: &Rule, input: &Input<'_>) -> String {
        let items: Vec<_> = rule
            .items()
            .filter_map(Item::row)
            .map(|row| format!("{} {}", row.item, plain(row.title)))
            .collect();
        let name = rule_link(rule, input.public_url);
        let keep = code(&format!("# asyncwarden: ignore[{}]", rule.code));
        let items =
            if items.is_empty() { String::new() } else { format!(" · {}", items.join(", ")) };
        format!("<sub>{name}{items} · to keep it: {keep}</sub>")
    }
}

/// What a comment says, for places that show no Markdown.
pub(super) fn plain_text(finding: &Finding) -> String {
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut text = visible(&one_line(&finding.message)).into_owned();
    for related in &finding.related {
        let Place { path, line, .. } = &related.place;
        let link = format!("{path}:{line}: {}", one_line(&related.message));
        text.push_str(&format!("\n{}", visible(&link)));
    }
    text
}

/// The rule's code and name, a link where the service's address is known.
pub(super) fn rule_link(rule: &Rule, public_url: Option<&str>) -> String {
    match public_url {
        Some(url) => {
            let url = url.trim_end_matches('/');
            format!("[{} {}]({url}/rules/{})", rule.code, rule.name, rule.code)
        }
        None => format!("{} {}", rule.code, rule.name),
    }
}

/// How the trouble gets to the finding's place: a list when there are several links, a sentence for one elsewhere.
fn explanation(finding: &Finding) -> Option<String> {
    match finding.related.as_slice() {
        [] => None,
        [one] => elsewhere(&finding.place, one)
            .then(|| format!("See {}: {}", spot(&one.place), sentence(&one.message))),
        chain => {
            let mut lines: Vec<_> = chain.iter().map(link).collect();
            if lines.len() > LINKS {
                let left_out = lines.len() - (LINKS - 1);
                lines.splice(LINKS - 2..lines.len() - 1, [format!("- and {left_out} more calls")]);
            }
            Some(lines.join("\n"))
        }
    }
}

fn elsewhere(place: &Place, related: &Related) -> bool {
    let inside = (place.line..=place.end_line).contains(&related.place.line);
    related.place.path != place.path || !inside
}

fn link(related: &Related) -> String {
    format!("- {}: {}", spot(&related.place), sentence(&related.message))
}

fn spot(place: &Place) -> String {
    code(&format!("{}:{}", place.path, place.line))
}

/// What the rule's page says about why it matters and what is better for this Python, folded.
fn reasons(rule: &Rule, target: PythonVersion) -> Option<String> {
    let why = unwrap(section(rule.page, "Why it matters")?);
    let better = section(rule.page, "Better");
    let better = better.map(|text| format!("\n\n{}", unwrap(&fitting(text, target))));
    let (title, better) = match better {
        Some(better) => ("Why it matters, and what is better", better),
        None => ("Why it matters", String::new()),
    };
    Some(format!("<details><summary>{title}</summary>\n\n{why}{better}\n\n</details>"))
}

/// The text below a heading of the page, without the heading.
pub(super) fn section<'p>(page: &'p str, heading: &str) -> Option<&'p str> {
    let at = page.find(&format!("\n## {heading}\n"))?;
    let (_, text) = page.get(at + 1..)?.split_once('\n')?;
    let end = text.find("\n## ").unwrap_or(text.len());
    let text = text.get(..end)?.trim();
    (!text.is_empty()).then_some(text)
}
