//! Comments that keep findings from being reported.

use std::cell::Cell;

use super::{Category, Draft, Module, Report, Rule, Severity, rule_by_code, rule_by_name};
use crate::python::{Span, StmtKind, comments};

/// A comment of ours that suppresses nothing.
pub(super) const RULE: Rule = Rule {
    code: "AW001",
    name: "unused-suppression",
    item: None,
    also: &[],
    severity: Severity::Low,
    category: Category::Practice,
    page: include_str!("rules/unused_suppression.md"),
    // The engine states these findings: only it knows what the other rules found.
    check: |_: &Module, _: &mut Report| {},
};

/// Codes of other linters, and our rules that ask the same.
#[rustfmt::skip]
const OTHERS: &[(&str, &[&str])] = &[
    ("ASYNC103", &["AW213", "AW216"]), ("ASYNC104", &["AW213", "AW216"]),
    ("ASYNC105", &["AW202"]), ("ASYNC210", &["AW502"]), ("ASYNC211", &["AW502"]),
    ("ASYNC212", &["AW502"]), ("ASYNC220", &["AW104"]), ("ASYNC221", &["AW104"]),
    ("ASYNC222", &["AW104"]), ("ASYNC230", &["AW503"]), ("ASYNC231", &["AW503"]),
    ("ASYNC232", &["AW503"]), ("ASYNC240", &["AW503"]), ("ASYNC250", &["AW104"]),
    ("ASYNC251", &["AW501"]), ("ASYNC300", &["AW206"]), ("BLE001", &["AW216"]),
    ("E722", &["AW216"]), ("RUF006", &["AW206"]), ("RUF029", &["AW109"]),
    ("SIM115", &["AW301"]),
];

/// Most codes of a file that are heeded. Who writes more wants our time, not our silence.
const MOST: usize = 20_000;

/// The suppressions of a file.
#[derive(Debug, Default)]
pub(super) struct Suppressions {
    /// By line, those of the whole file first.
    all: Vec<Suppression>,
}

/// One rule's code (or all rules) that one comment suppresses.
#[derive(Debug)]
struct Suppression {
    /// Where it is written.
    span: Span,
    /// 1-based line that it is about; `None` for the whole file.
    line: Option<u32>,
    codes: Codes,
    /// It is addressed to us alone, so that we say when it is unused.
    ours: bool,
    used: Cell<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Codes {
    All,
    These(Vec<&'static str>),
    /// A name that no rule has.
    Unknown(String),
}

impl Suppressions {
    /// Reads the comments of a module.
    pub(super) fn of(module: &Module) -> Self {
        let text = module.text();
        let bytes = text.as_bytes();
        let has = |word: &str| memchr::memmem::find(bytes, word.as_bytes()).is_some();
        if !has("asyncwarden:") && !has("noqa") && !has("NOQA") {
            return Self::default();
        }
        let mut all = Vec::new();
        let mut next = NextCode::default();
        for span in comments(text) {
            read(module, span, &mut next, &mut all);
            if all.len() >= MOST {
                all.truncate(MOST);
                break;
            }
        }
        all.sort_by_key(|it| it.line);
        Self { all }
    }

    /// Whether a finding of this rule, in a statement that spans these 1-based lines, is suppressed.
    pub(super) fn suppress(&self, rule: &Rule, lines: (u32, u32)) -> bool {
        let mut suppressed = false;
        let (whole, by_line) = self.all.split_at(self.all.partition_point(|it| it.line.is_none()));
        let from = by_line.partition_point(|it| it.line < Some(lines.0));
        let to = by_line.partition_point(|it| it.line <= Some(lines.1));
        for it in whole.iter().chain(by_line.get(from..to).unwrap_or_default()) {
            let meant = match &it.codes {
                Codes::All => true,
                Codes::These(codes) => codes.contains(&rule.code),
                Codes::Unknown(_) => false,
            };
            if meant {
                it.used.set(true);
                suppressed = true;
            }
        }
        suppressed
    }

    /// States what is unused, as far as the rules that ran can tell about what they looked at.
    pub(super) fn unused(
        &self,
        ran: &[&Rule],
        left_out: impl Fn(Option<Span>) -> bool,
        report: &mut Report,
    ) {
        for it in self.all.iter().filter(|it| it.ours && !it.used.get()) {
            if left_out(it.line.map(|_| it.span)) {
                continue;
            }
            let message = match &it.codes {
                Codes::Unknown(name) => format!("no rule is called `{name}`; remove it"),
                Codes::These(codes)
                    if !codes.iter().all(|code| ran.iter().any(|it| it.code == *code)) =>
                {
                    continue;
                }
                Codes::These(codes) => {
                    format!(
                        "`{}` finds nothing here that this could suppress; remove it",
                        codes.join("`, `")
                    )
                }
                Codes::All if ran.len() < 2 => continue,
                Codes::All => "there is nothing here to suppress; remove the comment".to_owned(),
            };
            report.finding(it.span, message);
        }
    }
}

fn read(module: &Module, span: Span, next: &mut NextCode, all: &mut Vec<Suppression>) {
    let comment = module.slice(span);
    let lower = comment.to_ascii_lowercase();
    let line = module.lines().line(span.start);
    if let Some(at) = lower.find("asyncwarden:") {
        let from = at + "asyncwarden:".len();
        let meant = || next.meant_line(module, span, line);
        ours(span, &comment[from..], from, meant, all);
    }
    if let Some(at) = lower.find("noqa") {
        let rest = &comment[at + "noqa".len()..];
        // A bare `noqa` means every rule of every linter; that is more than anybody wants to say about us.
        let Some(list) = rest.trim_start().strip_prefix(':') else { return };
        let offset = comment.len() - list.len();
        for (code, at) in words(list) {
            // What follows the codes is an explanation.
            let Some(codes) = known(code) else { break };
            let ours = code.starts_with("AW") || code.starts_with("aw");
            let start = span.start + (offset + at) as u32;
            all.push(Suppression {
                span: Span::new(start, start + code.len() as u32),
                line: Some(line),
                codes: if ours && codes.is_empty() {
                    Codes::Unknown(code.to_owned())
                } else {
                    Codes::These(codes)
                },
                ours,
                used: Cell::new(false),
            });
        }
    }
}

/// Reads what stands behind `asyncwarden:`, which begins at a byte of the comment.
fn ours(
    span: Span,
    rest: &str,
    from: usize,
    meant_line: impl FnOnce() -> u32,
    all: &mut Vec<Suppression>,
) {
    let word = rest.trim_start();
    let (whole_file, behind) = if let Some(behind) = word.strip_prefix("ignore-file") {
        (true, behind)
    } else if let Some(behind) = word.strip_prefix("ignore") {
        (false, behind)
    } else {
        return;
    };
    let line = (!whole_file).then(meant_line);
    let mut push = |span, codes| {
        all.push(Suppression { span, line, codes, ours: true, used: Cell::new(false) });
    };
    let Some((list, _)) = behind.strip_prefix('[').and_then(|it| it.split_once(']')) else {
        push(span, Codes::All);
        return;
    };
    let offset = from + (rest.len() - behind.len()) + 1;
    for (name, at) in words(list) {
        let start = span.start + (offset + at) as u32;
        let codes = match rule_by_code(name).or_else(|| rule_by_name(name)) {
            Some(rule) => Codes::These(vec![rule.code]),
            None => match known(name) {
                Some(codes) if !codes.is_empty() => Codes::These(codes),
                _ => Codes::Unknown(name.to_owned()),
            },
        };
        push(Span::new(start, start + name.len() as u32), codes);
    }
}

/// Our codes behind a code: itself, or what another linter's maps to. Other linters' codes mean nothing to us; what is no
/// code at all is `None`.
fn known(code: &str) -> Option<Vec<&'static str>> {
    let upper = code.to_ascii_uppercase();
    let letters = upper.bytes().take_while(u8::is_ascii_uppercase).count();
    let digits = &upper[letters..];
    if letters == 0 || digits.is_empty() || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    if let Some(rule) = rule_by_code(&upper) {
        return Some(vec![rule.code]);
    }
    let other = OTHERS.iter().find(|(other, _)| *other == upper);
    Some(other.map_or_else(Vec::new, |(_, codes)| codes.to_vec()))
}

/// The words between commas and spaces, each with where it begins.
fn words(list: &str) -> impl Iterator<Item = (&str, usize)> {
    let separator = |c: char| c == ',' || c.is_whitespace();
    let start = list.as_ptr() as usize;
    list.split(separator)
        .filter(|word| !word.is_empty())
        .map(move |word| (word, word.as_ptr() as usize - start))
}

/// Where the next line with code is. Kept, since of many comments below each other each leads to the same.
#[derive(Debug, Default)]
struct NextCode {
    /// From this line on up to the next one with code, if there is one, stands none.
    from: u32,
    code: Option<u32>,
}

impl NextCode {
    /// The line that a comment is about: its own, or when it stands alone on it, the next one with code.
    fn meant_line(&mut self, module: &Module, span: Span, line: u32) -> u32 {
        let text = module.text();
        let start = module.lines().start(line) as usize;
        if !text[start..span.start as usize].trim().is_empty() {
            return line;
        }
        let is_known = self.from > 0 && self.from <= line && self.code.is_none_or(|it| line < it);
        if !is_known {
            let behind = text[span.end as usize..].lines().enumerate().skip(1);
            let code = |text: &str| !text.trim().is_empty() && !text.trim_start().starts_with('#');
            let next = behind.into_iter().find(|(_, text)| code(text));
            *self = Self { from: line, code: next.map(|(n, _)| line + n as u32) };
        }
        self.code.unwrap_or(line)
    }
}

/// 1-based first and last line of the statement that a span is in, as far as a comment on one of them is about it: of a
/// compound statement, only the head.
pub(super) fn lines_of(module: &Module, span: Span) -> (u32, u32) {
    let lines = module.lines();
    let own = (lines.line(span.start), lines.line(span.end.max(span.start + 1) - 1));
    let Some(stmt) = module.stmt_at(span) else { return own };
    match stmt.kind() {
        StmtKind::If { .. }
        | StmtKind::For { .. }
        | StmtKind::While { .. }
        | StmtKind::With { .. }
        | StmtKind::Try { .. }
        | StmtKind::Match { .. }
        | StmtKind::Function(_)
        | StmtKind::Class(_)
        | StmtKind::Opaque(..) => (own.0, own.0.max(own.1.min(own.0 + 3))),
        _ => {
            let span = stmt.span();
            (lines.line(span.start).min(own.0), lines.line(span.end).max(own.1))
        }
    }
}

impl Draft {
    /// Whether it is about our comments rather than the code.
    pub(super) fn is_about_comments(&self) -> bool {
        self.rule.code == RULE.code
    }
}
