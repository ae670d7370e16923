//! Files, hunks and lines of a diff.

/// All files that a change touches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeSet {
    /// One entry per file, in the order of the diff.
    pub files: Vec<FileChange>,
}

impl ChangeSet {
    /// The change of the file that has this path after the change.
    pub fn file(&self, path: &str) -> Option<&FileChange> {
        self.files.iter().find(|file| file.path == path)
    }
}

/// What happened to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileChangeKind {
    /// It was not there before.
    Added,
    /// Its content (or only its mode) changed.
    Modified,
    /// It is gone.
    Deleted,
    /// It has another path now, perhaps other content as well.
    Renamed,
}

/// One file of a change set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// Path after the change; of a deleted file, the path it had.
    pub path: String,
    /// Path before the change; `None` for an added file.
    pub old_path: Option<String>,
    /// What happened to it.
    pub kind: FileChangeKind,
    /// The hunks in order of their lines. Empty for a file whose content did not change.
    pub hunks: Vec<Hunk>,
    /// Whether a reader of the diff sees these hunks, so that a comment can hang on their lines. `false` where the
    /// platform cut the file's diff and the hunks are our own.
    pub shown: bool,
}

impl FileChange {
    /// Whether the line of the new version was added or modified.
    pub fn is_changed(&self, new_line: u32) -> bool {
        self.numbered().any(|line| line.kind == LineKind::Added && line.new == new_line)
    }

    /// The hunk that shows this line of the new version, added or context.
    pub fn hunk_showing(&self, new_line: u32) -> Option<&Hunk> {
        self.hunks.iter().find(|hunk| {
            hunk.numbered().any(|line| line.kind != LineKind::Removed && line.new == new_line)
        })
    }

    /// All lines of all hunks.
    pub fn numbered(&self) -> impl Iterator<Item = NumberedLine> + '_ {
        self.hunks.iter().flat_map(Hunk::numbered)
    }
}

/// A run of changed lines with the context around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// 1-based first line in the old version; the line before it when the hunk has no old lines.
    pub old_start: u32,
    /// 1-based first line in the new version; the line before it when the hunk has no new lines.
    pub new_start: u32,
    /// What each line is, in the order of the diff.
    pub lines: Vec<LineKind>,
}

/// What a line of a hunk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// In both versions.
    Context,
    /// Only in the new version.
    Added,
    /// Only in the old version.
    Removed,
}

/// A line of a hunk with its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberedLine {
    /// What it is.
    pub kind: LineKind,
    /// 1-based number in the old version; of an added line, the number reached there.
    pub old: u32,
    /// 1-based number in the new version; of a removed line, the number reached there.
    pub new: u32,
}

impl Hunk {
    /// How many lines of the old version the hunk spans.
    pub fn old_len(&self) -> u32 {
        self.count(LineKind::Added)
    }

    /// How many lines of the new version the hunk spans.
    pub fn new_len(&self) -> u32 {
        self.count(LineKind::Removed)
    }

    fn count(&self, except: LineKind) -> u32 {
        u32::try_from(self.lines.iter().filter(|kind| **kind != except).count()).unwrap_or(u32::MAX)
    }

    /// The hunk's lines with their numbers in both versions.
    pub fn numbered(&self) -> impl Iterator<Item = NumberedLine> + '_ {
        // A hunk without lines on one side starts, by convention, at the line before it.
        let mut old = self.old_start + u32::from(self.old_len() == 0);
        let mut new = self.new_start + u32::from(self.new_len() == 0);
        self.lines.iter().map(move |&kind| {
            let line = NumberedLine { kind, old, new };
            old += u32::from(kind != LineKind::Added);
            new += u32::from(kind != LineKind::Removed);
            line
        })
    }
}

/// Whether a path is Python source; stubs are not, since nothing in them runs.
pub fn is_python(path: &str) -> bool {
    path.ends_with(".py") || path.ends_with(".pyw")
}
