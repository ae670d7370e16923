//! A whole diff of many files, as `git diff` or `diff -u` write it.

use std::collections::HashSet;

use super::body::{TextHunk, hunks};
use super::reader::Reader;
use super::{ChangeSet, DiffError, FileChange, FileChangeKind, path};

/// The bits of a mode that tell what an entry is, and what they are for a file.
const TYPE: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;

/// One file of a diff, with the text of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileDiff<'a> {
    /// Path after the change; of a deleted file, the path it had.
    pub path: String,
    /// Path before the change; `None` for an added file. Of a copy, the file it was made from.
    pub old_path: Option<String>,
    /// What happened to it.
    pub kind: FileChangeKind,
    /// Whether the file at the old path stays as it was.
    pub copied: bool,
    /// Whether the diff says no more than that bytes differ.
    pub binary: bool,
    /// Whether it is a symbolic link or a submodule, so that its text is no code.
    pub special: bool,
    /// Its hunks, in order.
    pub hunks: Vec<TextHunk<'a>>,
}

impl FileDiff<'_> {
    /// The file's change without the text. A copy is an added file whose lines are all new, which a diff does not
    /// show: it has no hunks.
    pub fn change(&self) -> FileChange {
        let hunks = if self.copied { &[] } else { self.hunks.as_slice() };
        FileChange {
            path: self.path.clone(),
            old_path: self.old_path.clone().filter(|_| !self.copied),
            kind: if self.copied { FileChangeKind::Added } else { self.kind },
            hunks: hunks.iter().map(TextHunk::hunk).collect(),
            shown: true,
        }
    }
}

impl FromIterator<FileChange> for ChangeSet {
    fn from_iter<I: IntoIterator<Item = FileChange>>(files: I) -> Self {
        Self { files: files.into_iter().collect() }
    }
}

/// Reads a diff of any number of files. Text before and between the files (a mail, a commit's header) is passed over.
///
/// # Errors
/// [`DiffError`] when a hunk was cut or does not add up, at a merge's combined diff, and when there is text but no
/// diff in it.
pub fn parse_diff(diff: &[u8]) -> Result<Vec<FileDiff<'_>>, DiffError> {
    let mut reader = Reader::new(diff);
    let mut files: Vec<FileDiff<'_>> = Vec::new();
    let mut seen = HashSet::new();
    while let Some(line) = reader.peek() {
        if line.starts_with(b"diff --cc ") || line.starts_with(b"diff --combined ") {
            return Err(reader.error_ahead("a combined diff (of a merge) can't be reviewed"));
        } else if line.starts_with(b"diff --git ") {
            files.push(Header::default().read(&mut reader)?);
        } else if line.starts_with(b"--- ") && plain_header_follows(&reader) {
            files.push(Header::default().read_marks(&mut reader)?);
        } else if line.starts_with(b"@@ -") {
            return Err(reader.error_ahead("a hunk without a file above it"));
        } else {
            reader.next();
            continue;
        }
        // A file that became a link is deleted and added. Else a second diff of a file is another commit's.
        let last = files.last().filter(|file| file.kind != FileChangeKind::Deleted);
        if let Some(file) = last.filter(|file| !seen.insert(file.path.clone())) {
            return Err(reader.error(format!(
                "`{}` is changed twice; give one diff of the whole change",
                file.path
            )));
        }
    }
    if files.is_empty() && !diff.trim_ascii().is_empty() {
        let coloured = diff.windows(2).any(|bytes| bytes == b"\x1b[");
        let what = if coloured {
            "the text has colours in it; make it with `git diff --no-color`"
        } else {
            "the text has no diff in it"
        };
        return Err(DiffError { line: 1, what: what.into() });
    }
    Ok(files)
}

fn plain_header_follows(reader: &Reader<'_>) -> bool {
    let mut ahead = reader.clone();
    ahead.next();
    ahead.at("+++ ")
}

/// What the lines above a file's hunks say.
#[derive(Default)]
struct Header {
    /// Whether there was a `diff --git` line.
    git: bool,
    /// From the `diff --git` line, with prefixes.
    names: Option<(String, String)>,
    /// From the `---` and `+++` lines, with prefixes; the inner `None` is `/dev/null`.
    old_mark: Option<Option<String>>,
    new_mark: Option<Option<String>>,
    /// From `rename from`, `copy from` and their partners.
    moved_from: Option<String>,
    moved_to: Option<String>,
    added: bool,
    deleted: bool,
    copied: bool,
    binary: bool,
    special: bool,
}

impl Header {
    /// Reads a file that starts with a `diff --git` line.
    fn read<'a>(mut self, reader: &mut Reader<'a>) -> Result<FileDiff<'a>, DiffError> {
        let line = reader.next().unwrap_or_default();
        self.git = true;
        self.names = path::pair(&line[b"diff --git ".len()..], reader)?;
        while let Some(line) = reader.peek() {
            if line.starts_with(b"--- ") && plain_header_follows(reader) {
                return self.read_marks(reader);
            }
            if !self.extended(line, reader)? {
                break;
            }
            reader.next();
        }
        self.finish(reader)
    }

    /// Reads one line between `diff --git` and the hunks; `false` when the header is over.
    fn extended(&mut self, line: &[u8], reader: &Reader<'_>) -> Result<bool, DiffError> {
        let value = |key: &str| line.strip_prefix(key.as_bytes());
        if let Some(from) = value("rename from ").or_else(|| value("rename old ")) {
            self.moved_from = Some(path::exact(from, reader)?);
        } else if let Some(to) = value("rename to ").or_else(|| value("rename new ")) {
            self.moved_to = Some(path::exact(to, reader)?);
        } else if let Some(from) = value("copy from ") {
            self.copied = true;
            self.moved_from = Some(path::exact(from, reader)?);
        } else if let Some(to) = value("copy to ") {
            self.moved_to = Some(path::exact(to, reader)?);
        } else if let Some(mode) = value("new file mode ") {
            self.added = true;
            self.mode(mode);
        } else if let Some(mode) = value("deleted file mode ") {
            self.deleted = true;
            self.mode(mode);
        } else if let Some(mode) = value("old mode ").or_else(|| value("new mode ")) {
            self.mode(mode);
        } else if let Some(ids) = value("index ") {
            let mode = ids.iter().position(|byte| *byte == b' ').map(|at| &ids[at + 1..]);
            self.mode(mode.unwrap_or_default());
        } else if line.starts_with(b"Binary files ") || line.starts_with(b"GIT binary patch") {
            self.binary = true;
        } else if !line.starts_with(b"similarity index ") && !line.starts_with(b"dissimilarity ") {
            return Ok(false);
        }
        Ok(true)
    }

    fn mode(&mut self, digits: &[u8]) {
        let digits = std::str::from_utf8(digits).unwrap_or_default().trim_end();
        let mode = u32::from_str_radix(digits, 8);
        self.special |= mode.is_ok_and(|mode| mode & TYPE != REGULAR);
    }

    /// Reads the `---` and `+++` lines and what is below them.
    fn read_marks<'a>(mut self, reader: &mut Reader<'a>) -> Result<FileDiff<'a>, DiffError> {
        let old = reader.next().unwrap_or_default();
        self.old_mark = Some(path::marked(&old[b"--- ".len()..], reader)?);
        let new = reader.next().unwrap_or_default();
        self.new_mark = Some(path::marked(&new[b"+++ ".len()..], reader)?);
        self.finish(reader)
    }

    fn finish<'a>(self, reader: &mut Reader<'a>) -> Result<FileDiff<'a>, DiffError> {
        let paths = self.paths().filter(|(old, new)| !old.is_empty() && !new.is_empty());
        let Some((old_path, path)) = paths else {
            return Err(reader.error("the file's path can't be made out"));
        };
        let hunks = hunks(reader)?;
        let kind = self.kind(&old_path, &path, &hunks);
        Ok(FileDiff {
            path: if kind == FileChangeKind::Deleted { old_path.clone() } else { path },
            old_path: (kind != FileChangeKind::Added).then_some(old_path),
            kind,
            copied: self.copied,
            binary: self.binary,
            special: self.special,
            hunks,
        })
    }

    /// The old and the new path without prefixes. Of a file that is on one side only, both are the same.
    fn paths(&self) -> Option<(String, String)> {
        if let (Some(from), Some(to)) = (&self.moved_from, &self.moved_to) {
            return Some((from.clone(), to.clone()));
        }
        match (&self.old_mark, &self.new_mark) {
            (Some(Some(old)), Some(Some(new))) => Some(path::without_prefixes(old, new)),
            (Some(None), Some(Some(new))) => Some(self.one_sided(new, "b/")),
            (Some(Some(old)), Some(None)) => Some(self.one_sided(old, "a/")),
            _ => {
                let (old, new) = self.names.as_ref()?;
                Some(path::without_prefixes(old, new))
            }
        }
    }

    /// Of a path beside `/dev/null`, the `diff --git` line tells whether it has a prefix.
    fn one_sided(&self, marked: &str, prefix: &str) -> (String, String) {
        let path = match &self.names {
            Some((old, new)) => path::without_prefixes(old, new).1,
            None => path::without_prefix(marked, prefix),
        };
        (path.clone(), path)
    }

    fn kind(&self, old: &str, new: &str, hunks: &[TextHunk<'_>]) -> FileChangeKind {
        // `diff -u` writes an absent file's name with a time stamp at the epoch: the hunk tells it.
        let whole = |side: fn(&TextHunk<'_>) -> (u32, u32)| {
            !self.git && hunks.len() == 1 && side(&hunks[0]) == (0, 0)
        };
        if self.added || self.old_mark == Some(None) {
            FileChangeKind::Added
        } else if self.deleted || self.new_mark == Some(None) {
            FileChangeKind::Deleted
        } else if whole(|hunk| (hunk.old_start, hunk.hunk().old_len())) {
            FileChangeKind::Added
        } else if whole(|hunk| (hunk.new_start, hunk.hunk().new_len())) {
            FileChangeKind::Deleted
        } else if self.moved_from.is_some() || (old != new && self.git) {
            FileChangeKind::Renamed
        } else {
            FileChangeKind::Modified
        }
    }
}
