//! The summary comment: verdict first, then the passes, then what did not fit and what was not analysed, last all items.

use std::collections::{BTreeMap, BTreeSet};

use super::comment::rule_link;
use super::markdown::{code, plain, sentence};
use super::planning::Said;
use super::verdict::{conclusion, counted, failing, is_reported, ranked, title};
use super::{Conclusion, Input, Marked, items};
use crate::analysis::{Finding, Item, Outcome, Pass, Severity};

/// Room for what stands below the sections: the link and the note that something was cut.
const FOOT: usize = 600;

/// Address of the review's page, when the service knows its own.
pub(super) fn page(input: &Input<'_>) -> Option<String> {
    Some(format!("{}{}", input.public_url?.trim_end_matches('/'), input.review_path))
}

/// The comment to write; `None` when there is nothing to say and nothing was said before.
pub(super) fn body(input: &Input<'_>, said: &Said<'_>, text: &str) -> Option<String> {
    let analysis = input.analysis;
    let something = analysis.findings.iter().any(|f| is_reported(f, input))
        || !said.accepted.is_empty()
        || !analysis.skipped.is_empty()
        || !analysis.suppressed.is_empty()
        || !analysis.notes.is_empty()
        || !input.omissions.is_empty()
        || !input.complaints.is_empty();
    let before = input.marker.summary(input.conversation).is_some();
    let mark = input.marker.sign(&Marked::Summary, input.head_sha);
    (something || before).then(|| format!("{text}\n\n{mark}"))
}

/// The text without a marker, below the dialect's limit with room for one.
pub(super) fn text(input: &Input<'_>, said: &Said<'_>) -> String {
    let mut text = head(input);
    let limit = input.dialect.max_body.saturating_sub(FOOT);
    let mut cut = false;
    for section in sections(input, said) {
        // Half of what is left for each, so that a long list does not push out what comes after it.
        let room = limit.saturating_sub(text.len()) / 2;
        cut |= section.write(&mut text, room);
    }
    let page = page(input);
    if cut {
        text.push_str("\n\nThis summary was cut to fit.");
        if page.is_some() {
            text.push_str(" The review's page has all of it.");
        }
    }
    if let Some(page) = page {
        text.push_str(&format!("\n\n[The whole review]({page})"));
    }
    text
}

fn head(input: &Input<'_>) -> String {
    let verdict = match conclusion(input) {
        Conclusion::Failed => "Gate failed",
        Conclusion::Passed => "Gate passed",
        _ => "Not reviewed",
    };
    let mut head = format!("### {verdict}: {}", lower_first(&title(input)));
    let read = read(input);
    let threshold = input.policy.gate;
    head.push_str(&format!("\n\n{read}"));
    let failing = failing(input);
    if failing > 0 {
        let rest = if failing == 1 { "finding fails" } else { "findings fail" };
        let severity = threshold.severity.title();
        let above = if threshold.severity == Severity::Critical { "" } else { " or above" };
        head.push_str(&format!(" {failing} {rest} the gate: {severity}{above}."));
    }
    if let Some(progress) = progress(input) {
        head.push_str(&format!("\n\n{progress}"));
    }
    head
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

/// How much was read, of which commit.
fn read(input: &Input<'_>) -> String {
    let analysis = input.analysis;
    let sha = code(input.head_sha.get(..7).unwrap_or(input.head_sha));
    if analysis.files_analysed == 0 {
        return format!("Nothing was analysed at {sha}.");
    }
    let files = counted(analysis.files_analysed, "Python file", "Python files");
    let lines = counted(analysis.lines_analysed, "changed line", "changed lines");
    format!("Read {files} with {lines} at {sha}.")
}

/// What became of the findings of the last push.
fn progress(input: &Input<'_>) -> Option<String> {
    let previous = &input.history.previous;
    if previous.is_empty() {
        return None;
    }
    let now: BTreeSet<_> = input.analysis.findings.iter().map(|f| f.fingerprint.clone()).collect();
    let new = now.difference(previous).count();
    let fixed = previous.difference(&now).count();
    let open = now.intersection(previous).count();
    Some(format!("Since the last review: {new} new, {fixed} fixed, {open} still open."))
}

/// A folded list.
struct Section {
    title: String,
    /// Stands above the list, such as a table's head.
    lines: Vec<String>,
}

impl Section {
    /// Writes as much as there is room for; whether something had to be left out.
    fn write(&self, text: &mut String, room: usize) -> bool {
        let (open, close) =
            (format!("\n\n<details><summary>{}</summary>\n", self.title), "\n\n</details>");
        let frame = open.len() + close.len();
        let more = |left: usize| format!("\n\nand {left} more lines");
        let whole: usize = self.lines.iter().map(|line| line.len() + 1).sum();
        let mut left = room.saturating_sub(frame);
        let all_fit = whole <= left;
        if !all_fit {
            left = left.saturating_sub(more(usize::MAX).len());
        }
        let mut list = String::new();
        let mut written = 0;
        for line in &self.lines {
            if list.len() + line.len() + 1 > left {
                break;
            }
            list.push('\n');
            list.push_str(line);
            written += 1;
        }
        if written > 0 {
            text.push_str(&open);
            text.push_str(&list);
            if !all_fit {
                text.push_str(&more(self.lines.len() - written));
            }
            text.push_str(close);
        }
        !all_fit
    }
}

fn sections(input: &Input<'_>, said: &Said<'_>) -> Vec<Section> {
    let analysis = input.analysis;
    let reported = |findings: &[&'_ Finding]| -> usize {
        findings.iter().filter(|f| is_reported(f, input)).count()
    };
    let mut sections = Vec::new();
    if analysis.files_analysed > 0 && analysis.findings.iter().any(|f| is_reported(f, input)) {
        sections.push(passes(input));
    }
    let count = reported(&said.left_out);
    if count > 0 {
        let title = format!("{} without an inline comment", counted(count, "finding", "findings"));
        sections.push(Section { title, lines: by_file(&said.left_out, input) });
    }
    let unread = not_analysed(input);
    if !unread.is_empty() {
        let count = analysis.skipped.len() + input.omissions.len() + analysis.notes.len();
        sections.push(Section { title: format!("Not analysed ({count})"), lines: unread });
    }
    if !input.complaints.is_empty() {
        let count = counted(input.complaints.len(), "problem", "problems");
        let lines = input.complaints.iter().map(|it| format!("- {}", sentence(it))).collect();
        sections.push(Section { title: format!("{count} in the repository's settings"), lines });
    }
    let suppressed = ranked(&analysis.suppressed);
    if !suppressed.is_empty() {
        let what = counted(suppressed.len(), "finding", "findings");
        let title = format!("{what} suppressed by comments in the code");
        sections.push(Section { title, lines: by_file(&suppressed, input) });
    }
    if !said.accepted.is_empty() {
        let what = counted(said.accepted.len(), "finding", "findings");
        let title = format!("{what} settled in the conversation");
        sections.push(Section { title, lines: by_file(&said.accepted, input) });
    }
    let quiet: Vec<_> = said.quiet.iter().copied().filter(|f| is_reported(f, input)).collect();
    if !quiet.is_empty() {
        let what =
            counted(quiet.len(), "minor or uncertain finding", "minor or uncertain findings");
        sections.push(Section { title: what, lines: by_file(&quiet, input) });
    }
    if analysis.files_analysed > 0 && !analysis.verdicts.is_empty() {
        sections.push(Section { title: items::title(input), lines: items::table(input) });
    }
    sections
}

/// The table of the seven passes.
fn passes(input: &Input<'_>) -> Section {
    let mut lines = vec![
        "| Pass | Findings | Items violated | Items met |".to_owned(),
        "|---|---:|---|---|".to_owned(),
    ];
    for pass in Pass::ALL {
        let of_pass = |item: Item| item.row().is_some_and(|row| row.pass == pass);
        let findings: Vec<_> = ranked(&input.analysis.findings)
            .into_iter()
            .filter(|f| is_reported(f, input) && f.rule.item.is_some_and(of_pass))
            .collect();
        let violated = violated(input, of_pass);
        let met = input
            .analysis
            .verdicts
            .iter()
            .filter(|verdict| verdict.outcome == Outcome::Satisfied && of_pass(verdict.item));
        let met: Vec<_> = met.map(|verdict| verdict.item.to_string()).collect();
        let (name, count) = (pass.title(), findings.len());
        lines.push(format!("| {name} | {count} | {} | {} |", violated.join("<br>"), met.join(" ")));
    }
    Section { title: "The seven passes".to_owned(), lines }
}

/// The violated items that `wanted` takes, with their titles. One that is violated only by findings of another pass says
/// which item counts them, so that a row without findings explains itself.
fn violated(input: &Input<'_>, wanted: impl Fn(Item) -> bool) -> Vec<String> {
    let mut counted_by: BTreeMap<Item, BTreeSet<Item>> = BTreeMap::new();
    for finding in input.analysis.findings.iter().filter(|f| is_reported(f, input)) {
        for item in finding.items().filter(|item| wanted(*item)) {
            counted_by.entry(item).or_default().extend(finding.rule.item);
        }
    }
    let cell = |(item, by): (Item, BTreeSet<Item>)| {
        let name = format!("{item} {}", plain(item.row()?.title));
        let by: Vec<_> = by.iter().map(Item::to_string).collect();
        let own = by.is_empty() || by.contains(&item.to_string());
        Some(if own { name } else { format!("{name} (see {})", by.join(", ")) })
    };
    counted_by.into_iter().filter_map(cell).collect()
}

/// The findings below their files' names.
fn by_file(findings: &[&Finding], input: &Input<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut paths: Vec<&str> = Vec::new();
    for finding in findings {
        if !paths.contains(&finding.place.path.as_str()) {
            paths.push(&finding.place.path);
        }
    }
    for path in paths {
        lines.push(format!("- {}", code(path)));
        let here = findings.iter().filter(|f| f.place.path == path);
        lines.extend(here.map(|f| {
            let link = rule_link(f.rule, input.public_url);
            let (line, severity) = (f.place.line, f.severity.title());
            format!("  - line {line}, {severity}: {} ({link})", sentence(&f.message))
        }));
    }
    lines
}

/// What was left out; files that were left out for one reason stand together.
fn not_analysed(input: &Input<'_>) -> Vec<String> {
    let skipped = &input.analysis.skipped;
    let mut reasons: Vec<&str> = Vec::new();
    for file in skipped {
        if !reasons.contains(&file.reason.as_str()) {
            reasons.push(&file.reason);
        }
    }
    let mut lines = Vec::new();
    for reason in reasons {
        let mut files = skipped.iter().filter(|file| file.reason == reason).map(|it| &it.path);
        match (files.next(), files.next()) {
            (Some(only), None) => lines.push(format!("- {} {}", code(only), sentence(reason))),
            (first, second) => {
                let all: Vec<_> = first.into_iter().chain(second).chain(files).collect();
                lines.push(format!("- Each of these {} files {}", all.len(), sentence(reason)));
                lines.extend(all.into_iter().map(|path| format!("  - {}", code(path))));
            }
        }
    }
    let sentences = input.omissions.iter().chain(&input.analysis.notes);
    lines.extend(sentences.map(|it| format!("- {}", sentence(it))));
    lines
}
