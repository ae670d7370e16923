//! Workflow commands of GitHub Actions: annotations beside the lines.
//!
//! Source: GitHub docs, "Workflow commands for GitHub Actions"; the escapes are those of `@actions/core`.

use std::fmt::Write;

use super::{Judged, title};
use crate::analysis::{Finding, Severity};
use crate::change::visible;

pub(super) fn render(judged: &Judged<'_>) -> String {
    let mut out = String::new();
    for finding in judged.findings() {
        command(&mut out, finding);
    }
    for (path, reason) in judged.skipped() {
        let message = data(&format!("`{path}` {reason}"));
        let _ = writeln!(out, "::notice file={},title=asyncwarden::{message}", property(path));
    }
    for note in &judged.report.analysis.notes {
        let _ = writeln!(out, "::notice title=asyncwarden::{}", data(note));
    }
    for problem in judged.report.problems {
        let _ = writeln!(out, "::warning title=asyncwarden::{}", data(problem));
    }
    out
}

fn command(out: &mut String, finding: &Finding) {
    let level = match finding.severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "notice",
    };
    let place = &finding.place;
    let (file, line, end_line) = (property(&place.path), place.line, place.end_line);
    let _ = write!(out, "::{level} file={file},line={line},endLine={end_line}");
    // Columns count only within one line.
    if line == end_line {
        let _ = write!(out, ",col={},endColumn={}", place.column, place.end_column);
    }
    let mut message = finding.message.clone();
    for related in &finding.related {
        let (path, line) = (&related.place.path, related.place.line);
        let _ = write!(message, "\n{path}:{line}: {}", related.message);
    }
    if let Some(fix) = &finding.fix {
        let _ = write!(message, "\nFix: {}", fix.title);
    }
    let _ = writeln!(out, ",title={}::{}", property(&title(finding)), data(&message));
}

/// What the runner takes back, and otherwise nothing that a terminal would obey: the runner shows logs as one does.
fn data(text: &str) -> String {
    let escaped = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    visible(&escaped).into_owned()
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_command_or_a_property_is_escaped() {
        assert_eq!(data("50%\r\nis: a, b"), "50%25%0D%0Ais: a, b");
        assert_eq!(property("a:b,c%\n"), "a%3Ab%2Cc%25%0A");
        assert_eq!(property("\u{1b}[31m\u{202e}"), "\\u{1b}[31m\\u{202e}");
    }
}
