//! Repairs of findings, as a diff to read or made in the files on disk.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use imara_diff::{Algorithm, BasicLineDiffPrinter, Diff, InternedInput, UnifiedDiffConfig};

use crate::analysis::{Analysis, Edit, Finding, replaced};
use crate::change::{Tree, is_hidden};

/// What a local run does with the repairs that it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repairing {
    /// Nothing: they stand below their findings.
    Told,
    /// Shown as a diff, in place of the findings.
    Shown,
    /// Made in the files on disk.
    Made,
}

impl Repairing {
    /// As the options `--fix` and `--diff` say; the diff wins, for it changes nothing.
    pub(super) fn of(fix: bool, diff: bool) -> Self {
        match (fix, diff) {
            (_, true) => Repairing::Shown,
            (true, false) => Repairing::Made,
            (false, false) => Repairing::Told,
        }
    }
}

/// Repairs that can be made together.
pub(super) struct Repairs<'a> {
    /// Edits of each file, in order.
    edits: BTreeMap<&'a str, Vec<&'a Edit>>,
    /// How many findings they repair.
    repaired: usize,
}

impl<'a> Repairs<'a> {
    /// The repairs of the analysis's findings, the more important ones first: one that overlaps with an earlier one is left out.
    pub(super) fn of(analysis: &'a Analysis) -> Self {
        let mut repairs = Self { edits: BTreeMap::new(), repaired: 0 };
        for finding in &analysis.findings {
            repairs.add(finding);
        }
        for edits in repairs.edits.values_mut() {
            edits.sort_by_key(|edit| (edit.start_byte, edit.end_byte));
        }
        repairs
    }

    fn add(&mut self, finding: &'a Finding) {
        let Some(fix) = &finding.fix else { return };
        let chosen = |path: &str| self.edits.get(path).map(Vec::as_slice).unwrap_or_default();
        let same = |a: &Edit, b: &Edit| {
            (a.start_byte, a.end_byte, &a.replacement) == (b.start_byte, b.end_byte, &b.replacement)
        };
        let overlaps = |edit: &Edit| {
            chosen(&edit.place.path).iter().any(|other| {
                let apart = edit.end_byte <= other.start_byte && edit.start_byte < other.start_byte
                    || other.end_byte <= edit.start_byte && other.start_byte < edit.start_byte;
                !apart && !same(edit, other)
            })
        };
        if fix.edits.iter().any(overlaps) {
            return;
        }
        // Several may need the same import.
        let new: Vec<&Edit> = fix
            .edits
            .iter()
            .filter(|edit| !chosen(&edit.place.path).iter().any(|other| same(edit, other)))
            .collect();
        for edit in new {
            self.edits.entry(&edit.place.path).or_default().push(edit);
        }
        self.repaired += 1;
    }

    /// How many findings they repair.
    pub(super) fn count(&self) -> usize {
        self.repaired
    }

    /// The repairs as a unified diff.
    pub(super) fn diff(&self, tree: &dyn Tree) -> String {
        let mut out = String::new();
        for (path, edits) in &self.edits {
            let Some(before) = tree.read(path) else { continue };
            let Ok(after) = repaired(&before, edits) else { continue };
            let (before, after) =
                (String::from_utf8_lossy(&before), String::from_utf8_lossy(&after));
            let input = InternedInput::new(before.as_ref(), after.as_ref());
            let mut diff = Diff::compute(Algorithm::Histogram, &input);
            diff.postprocess_lines(&input);
            let printer = BasicLineDiffPrinter(&input.interner);
            let hunks = diff.unified_diff(&printer, UnifiedDiffConfig::default(), &input);
            let (old, new) = (header(&format!("a/{path}")), header(&format!("b/{path}")));
            let _ = write!(out, "--- {old}\n+++ {new}\n{hunks}");
        }
        out
    }

    /// Makes the repairs in the files below a folder; which files were written. A file that does not hold any more what
    /// was analysed is an error, and neither it nor any after it is written.
    pub(super) fn make(&self, root: &Path, tree: &dyn Tree) -> anyhow::Result<Vec<String>> {
        for (path, edits) in &self.edits {
            let file = root.join(path);
            let analysed: Arc<[u8]> =
                tree.read(path).with_context(|| format!("`{path}` can't be read"))?;
            let now = std::fs::read(&file)
                .with_context(|| format!("`{}` can't be read", file.display()))?;
            if now != *analysed {
                bail!("`{path}` has changed since it was analysed; run the command again");
            }
            std::fs::write(&file, repaired(&analysed, edits)?)
                .with_context(|| format!("`{}` can't be written", file.display()))?;
        }
        Ok(self.edits.keys().map(|path| (*path).to_owned()).collect())
    }
}

/// A path in a diff's header, quoted as git does it where it would break the line or be obeyed by a terminal.
fn header(path: &str) -> String {
    let plain = |c: char| !c.is_control() && !is_hidden(c) && !matches!(c, '"' | '\\');
    if path.chars().all(plain) {
        return path.to_owned();
    }
    let mut out = String::from("\"");
    for c in path.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if plain(c) => out.push(c),
            c => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    let _ = write!(out, "\\{byte:03o}");
                }
            }
        }
    }
    out.push('"');
    out
}

fn repaired(bytes: &[u8], edits: &[&Edit]) -> anyhow::Result<Vec<u8>> {
    let edits = edits.iter().map(|it| (it.start_byte..it.end_byte, &it.replacement));
    replaced(bytes, edits).context("the repairs don't fit the file")
}
