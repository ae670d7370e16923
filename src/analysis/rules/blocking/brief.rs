//! Blocking calls that take a moment only, as a rule.

use crate::python::Call;

/// Calls that list a folder's entries: they take as long as there are entries.
const LISTS: [&str; 8] = [
    "glob.glob",
    "glob.iglob",
    "os.listdir",
    "os.scandir",
    "pathlib.Path.glob",
    "pathlib.Path.iterdir",
    "pathlib.Path.rglob",
    "tempfile.TemporaryDirectory",
];

/// Calls that change an entry of a folder: the disk is asked, but for a moment, as a rule.
const CHANGES: [&str; 25] = [
    "os.chmod",
    "os.link",
    "os.makedirs",
    "os.mkdir",
    "os.remove",
    "os.removedirs",
    "os.rename",
    "os.renames",
    "os.replace",
    "os.rmdir",
    "os.symlink",
    "os.unlink",
    "os.utime",
    "pathlib.Path.chmod",
    "pathlib.Path.hardlink_to",
    "pathlib.Path.mkdir",
    "pathlib.Path.rename",
    "pathlib.Path.replace",
    "pathlib.Path.rmdir",
    "pathlib.Path.symlink_to",
    "pathlib.Path.touch",
    "pathlib.Path.unlink",
    "tempfile.NamedTemporaryFile",
    "tempfile.mkdtemp",
    "tempfile.mkstemp",
];

/// Whether the call only changes an entry of a folder.
pub(super) fn is_momentary(call: Call<'_>) -> bool {
    call.is_any(&CHANGES)
}

/// Whether the call blocks for a moment only, as a rule.
pub(in crate::analysis::rules) fn is_brief(call: Call<'_>) -> bool {
    call.fact().is_some_and(|fact| fact.cheap) || call.is_any(&LISTS) || call.is_any(&CHANGES)
}
