//! Excerpts of the source with carets, for people.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};

use super::{Judged, title};
use crate::analysis::{Edit, Finding, Place, Severity};
use crate::change::{Tree, visible};

/// Longest excerpt of a finding that spans many lines.
const MOST_LINES: u32 = 8;

pub(super) fn render(judged: &Judged<'_>, colored: bool, quiet: bool) -> String {
    let renderer = if colored { Renderer::styled() } else { Renderer::plain() };
    let mut sources = Sources { tree: judged.report.head, lines: HashMap::new() };
    let mut out = String::new();
    let in_full = |finding: &&Finding| judged.is_inline(finding) || judged.fails(finding);
    for finding in judged.findings().iter().filter(in_full) {
        let _ = writeln!(out, "{}\n", excerpt(finding, &mut sources, &renderer));
    }
    let in_short = |finding: &&Finding| judged.is_named(finding) && !in_full(finding);
    for finding in judged.findings().iter().filter(in_short) {
        let Place { path, line, column, .. } = &finding.place;
        let (severity, title) = (finding.severity.as_str(), title(finding));
        let line = format!("{path}:{line}:{column}: {severity}[{title}] {}", finding.message);
        // In a pipeline of GitHub a line that begins so is a command, and `./` changes no path.
        let begin = if path.trim_start().starts_with(['#', ':']) { "./" } else { "" };
        let _ = writeln!(out, "{begin}{}", visible(&line));
    }
    for (path, reason) in judged.skipped() {
        let line = format!("note: {path} {reason}");
        let _ = writeln!(out, "{}", visible(&line));
    }
    for note in &judged.report.analysis.notes {
        let _ = writeln!(out, "note: {}", visible(note));
    }
    for problem in judged.report.problems {
        let _ = writeln!(out, "settings: {}", visible(problem));
    }
    if !quiet {
        let _ = writeln!(out, "{}", closing(judged));
    }
    out
}

/// What was repaired: "2 findings in 1 file".
pub(super) fn repaired(findings: usize, files: usize) -> String {
    format!("{} in {}", plural(findings, "finding"), plural(files, "file"))
}

/// The last line: how many findings there are, and what the gate says.
fn closing(judged: &Judged<'_>) -> String {
    let files = plural(judged.report.analysis.files_analysed, "file");
    let gate = match (judged.threshold, judged.failed) {
        (None, _) => "the gate is off".to_owned(),
        (Some(_), false) => "the gate passed".to_owned(),
        (Some(threshold), true) => match threshold.severity {
            Severity::Critical => "the gate failed (critical fails it)".to_owned(),
            severity => format!("the gate failed ({} or worse fails it)", severity.as_str()),
        },
    };
    let counts: Vec<String> = judged
        .counts()
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| format!("{count} {}", severity.as_str()))
        .collect();
    let suppressed = match judged.report.analysis.suppressed.len() {
        0 => String::new(),
        count => format!(", {count} suppressed"),
    };
    if counts.is_empty() {
        return format!("No findings in {files}{suppressed}; {gate}.");
    }
    let found = plural(judged.findings().len(), "finding");
    format!("{found} in {files}: {}{suppressed}; {gate}.", counts.join(", "))
}

fn plural(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn excerpt(finding: &Finding, sources: &mut Sources<'_>, renderer: &Renderer) -> String {
    let level = match finding.severity {
        Severity::Critical | Severity::High => Level::ERROR,
        Severity::Medium => Level::WARNING,
        Severity::Low => Level::INFO,
    };
    let main = level
        .with_name(finding.severity.as_str())
        .primary_title(visible(&finding.message))
        .id(title(finding));
    let mut groups = vec![shown(Group::with_title(main), &finding.place, sources)];
    for related in &finding.related {
        let note = Group::with_title(Level::NOTE.secondary_title(visible(&related.message)));
        groups.push(shown(note, &related.place, sources));
    }
    if let Some(fix) = &finding.fix {
        let mut help = Group::with_title(Level::HELP.secondary_title(visible(&fix.title)));
        if let Some(patch) = patch(&fix.edits, sources) {
            help = help.element(patch);
        }
        groups.push(help);
    }
    renderer.render(&groups)
}

/// Adds the lines of a place to a group; only its position if they can't be read.
fn shown<'a>(group: Group<'a>, place: &'a Place, sources: &mut Sources<'_>) -> Group<'a> {
    let last = place.end_line.min(place.line.saturating_add(MOST_LINES - 1));
    let Some(window) = sources.window(&place.path, place.line, last) else {
        let origin = annotate_snippets::Origin::path(visible(&place.path));
        let (line, column) = (place.line as usize, place.column as usize);
        return group.element(origin.line(line).char_column(column));
    };
    let start = window.byte(place.line, place.column);
    let end = if last == place.end_line {
        window.byte(place.end_line, place.end_column)
    } else {
        window.text.len()
    };
    let annotation = AnnotationKind::Primary.span(start..end.max(start));
    group.element(
        Snippet::source(window.text)
            .line_start(window.first as usize)
            .path(visible(&place.path))
            .annotation(annotation),
    )
}

/// The repaired lines. `None` when they are too many or not all in one file.
fn patch<'a>(edits: &'a [Edit], sources: &mut Sources<'_>) -> Option<Snippet<'a, Patch<'a>>> {
    let path = &edits.first()?.place.path;
    let first = edits.iter().map(|edit| edit.place.line).min()?;
    let last = edits.iter().map(|edit| edit.place.end_line).max()?;
    if edits.iter().any(|edit| edit.place.path != *path) || last - first > 4 * MOST_LINES {
        return None;
    }
    let window = sources.window(path, first, last)?;
    let patches: Vec<Patch<'_>> = edits
        .iter()
        .map(|edit| {
            let start = window.byte(edit.place.line, edit.place.column);
            let end = window.byte(edit.place.end_line, edit.place.end_column);
            Patch::new(start..end.max(start), edit.replacement.as_str())
        })
        .collect();
    let snippet = Snippet::source(window.text).line_start(window.first as usize);
    Some(snippet.path(visible(path)).patches(patches))
}

/// The files that excerpts are taken from, each split into lines once.
struct Sources<'a> {
    tree: &'a dyn Tree,
    lines: HashMap<String, Option<File>>,
}

struct File {
    bytes: Arc<[u8]>,
    /// First byte of each line.
    starts: Vec<usize>,
}

/// Some lines of a file.
struct Window {
    text: String,
    /// 1-based number of the first line.
    first: u32,
}

impl Sources<'_> {
    fn window(&mut self, path: &str, first: u32, last: u32) -> Option<Window> {
        let tree = self.tree;
        let file = self.lines.entry(path.to_owned()).or_insert_with(|| {
            let bytes = tree.read(path)?;
            let ends = memchr::memchr_iter(b'\n', &bytes).map(|at| at + 1);
            let starts = std::iter::once(0).chain(ends).collect();
            Some(File { bytes, starts })
        });
        let file = file.as_ref()?;
        let start = *file.starts.get((first as usize).checked_sub(1)?)?;
        let end = file.starts.get(last as usize).copied().unwrap_or(file.bytes.len());
        let text = String::from_utf8_lossy(file.bytes.get(start..end)?).into_owned();
        Some(Window { text, first })
    }
}

impl Window {
    /// The byte at a line and a column in Unicode scalar values, within the window.
    fn byte(&self, line: u32, column: u32) -> usize {
        let skipped = line.saturating_sub(self.first) as usize;
        let starts = memchr::memchr_iter(b'\n', self.text.as_bytes()).map(|at| at + 1);
        let start = std::iter::once(0).chain(starts).nth(skipped).unwrap_or(self.text.len());
        let rest = &self.text[start..];
        let within = rest.char_indices().nth(column.saturating_sub(1) as usize);
        start + within.map_or(rest.len(), |(at, _)| at)
    }
}
