//! What the rules are tested with, item by item: `docs/checklist.md` shows it. `UPDATE_README=1` writes it anew.

use asyncwarden::analysis::{CHECKLIST, Item, Pass, RULES, Rule};

use crate::readme::with_part;
use crate::rules::{cases, marked};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/checklist.md");

/// How much a rule, or all rules of an item, is tested with.
#[derive(Default, Clone, Copy)]
struct Fixtures {
    /// Lines that must be found.
    found: usize,
    /// Functions that look like those with such a line, and must stay silent.
    look_alikes: usize,
    /// Files, and blocks of the rules' pages, that hold them.
    files: usize,
}

impl Fixtures {
    fn of(rule: &Rule) -> Self {
        let files = cases(rule).into_iter().flat_map(|case| case.files);
        files.filter(|(path, _)| path.ends_with(".py")).fold(Self::default(), |sum, (_, code)| {
            let found = marked(&code, "# finding:", rule);
            let missed = marked(&code, "# missed:", rule);
            let doubtful = marked(&code, "# doubtful:", rule);
            let named: Vec<u32> = found.iter().chain(&missed).chain(&doubtful).copied().collect();
            let alone = Self {
                found: found.len(),
                look_alikes: functions(&code).filter(|it| !it.holds_any(&named)).count(),
                files: 1,
            };
            sum.plus(alone)
        })
    }

    fn plus(self, other: Self) -> Self {
        Self {
            found: self.found + other.found,
            look_alikes: self.look_alikes + other.look_alikes,
            files: self.files + other.files,
        }
    }
}

/// 1-based lines of a function, its decorators left out.
struct Lines {
    first: u32,
    last: u32,
}

impl Lines {
    fn holds_any(&self, lines: &[u32]) -> bool {
        lines.iter().any(|line| (self.first..=self.last).contains(line))
    }
}

/// The functions of a case, by their indentation: a case is laid out as a formatter would.
fn functions(code: &str) -> impl Iterator<Item = Lines> {
    let lines: Vec<&str> = code.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let starts =
        |line: &str| ["def ", "async def "].iter().any(|it| line.trim_start().starts_with(it));
    let ends = lines.clone();
    lines.into_iter().enumerate().filter(move |(_, line)| starts(line)).map(move |(at, line)| {
        let within =
            |it: &&&str| it.trim().is_empty() || it.starts_with(')') || indent(it) > indent(line);
        let more = ends[at + 1..].iter().take_while(within).count();
        Lines { first: at as u32 + 1, last: (at + 1 + more) as u32 }
    })
}

/// The rules that answer an item first, then those that speak to it too.
fn rules_for(item: Item) -> (Vec<&'static Rule>, Vec<&'static Rule>) {
    let first = RULES.iter().copied().filter(|rule| rule.item == Some(item));
    let also = RULES.iter().copied().filter(|rule| rule.also.contains(&item));
    (first.collect(), also.collect())
}

fn codes(rules: &[&Rule]) -> String {
    rules.iter().map(|rule| rule.code).collect::<Vec<_>>().join(", ")
}

fn table() -> String {
    let mut text = String::new();
    for pass in Pass::ALL {
        text.push_str(&format!(
            "## {}\n\n| Item | | Rules | Also | Must be found | Must stay silent | Files |\n|---|---|---|---|---:|---:|---:|\n",
            pass.title()
        ));
        for row in CHECKLIST.iter().filter(|row| row.pass == pass) {
            let (first, also) = rules_for(row.item);
            let own = if first.is_empty() { &also } else { &first };
            let sum = own.iter().fold(Fixtures::default(), |sum, it| sum.plus(Fixtures::of(it)));
            let Fixtures { found, look_alikes, files } = sum;
            text.push_str(&format!(
                "| {} | {} | {} | {} | {found} | {look_alikes} | {files} |\n",
                row.item,
                row.title,
                codes(&first),
                codes(&also),
            ));
        }
        text.push('\n');
    }
    text
}

#[test]
fn every_rule_has_both_kinds_of_fixtures() {
    let mut empty = Vec::new();
    for rule in RULES.iter().filter(|rule| rule.item.is_some()) {
        let Fixtures { found, look_alikes, .. } = Fixtures::of(rule);
        if found == 0 || look_alikes == 0 {
            empty.push(format!("{}: {found} to be found, {look_alikes} look-alikes", rule.code));
        }
    }
    assert!(empty.is_empty(), "{}", empty.join("\n"));
}

#[test]
fn every_item_has_a_rule() {
    let served = |item: Item| !rules_for(item).0.is_empty() || !rules_for(item).1.is_empty();
    let without: Vec<Item> =
        CHECKLIST.iter().map(|row| row.item).filter(|item| !served(*item)).collect();
    assert_eq!(without, []);
}

#[test]
fn the_page_shows_what_the_items_are_tested_with() {
    let page = std::fs::read_to_string(PAGE).expect("the page");
    let fresh = with_part(&page, "items", &table());
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(PAGE, &fresh).expect("the page can be written");
        return;
    }
    assert!(
        fresh == page,
        "docs/checklist.md is behind the code: UPDATE_README=1 tests/run -E 'test(coverage)'"
    );
}
