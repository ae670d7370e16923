//! What the fuzz targets share: mutation of Python by lines and words, and what has to hold for every input.
//!
//! To run one, with `cargo install cargo-fuzz` and a nightly toolchain, on a folder of Python files that grows meanwhile:
//!
//! ```sh
//! cargo +nightly fuzz run -s none check corpus -- -max_len=30000 -timeout=20 -max_total_time=1800
//! ```
//!
//! What it found once stays in `tests/corpus`, which `tests/it/properties.rs` goes through.

mod mutation;

pub use mutation::mutate;

use asyncwarden::analysis::Analysis;
use asyncwarden::change::MemoryTree;

/// Longest input that is looked at, in bytes: nothing is learnt from longer ones that shorter ones don't show.
pub const LONGEST: usize = 64 * 1024;

/// A tree of the given files.
pub fn tree(files: &[(&str, &[u8])]) -> MemoryTree {
    files.iter().map(|(path, bytes)| (*path, bytes.to_vec())).collect()
}

/// Fails when an analysis says that it failed, or speaks of places that the files don't have.
///
/// # Panics
/// On purpose: that is how a fuzz target reports.
pub fn assert_sound(analysis: &Analysis, files: &[(&str, &[u8])]) {
    for skipped in &analysis.skipped {
        assert!(!skipped.reason.contains("failed"), "{}: {}", skipped.path, skipped.reason);
    }
    for finding in analysis.findings.iter().chain(&analysis.suppressed) {
        let places = finding.related.iter().map(|it| &it.place).chain([&finding.place]);
        for place in places {
            let file = files.iter().find(|(path, _)| *path == place.path);
            let (_, bytes) = file.unwrap_or_else(|| panic!("no such file: {place:?}"));
            let lines = bytes.iter().filter(|byte| **byte == b'\n').count() as u32 + 1;
            let within = 1 <= place.line && place.line <= place.end_line && place.end_line <= lines;
            assert!(within, "{}: {place:?} of {lines} lines", finding.rule.code);
        }
    }
}
