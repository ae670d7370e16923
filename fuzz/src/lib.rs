//! What the fuzz targets do with an input, and what has to hold for every one. How to run them: `README.md`.
//!
//! `tests/it/fuzzing.rs` takes this file in and goes through the kept inputs and mutations of them, so that every run of the
//! tests is a short smoke run of all targets.

mod analysis;
mod archive;
mod comments;
mod configuration;
mod diff;
mod harmless;
mod html;
mod markdown;
mod mutation;
mod sign_in;
mod suppression;
mod webhook;

pub use mutation::{damage, mutate};

/// Longest input that is looked at, in bytes: nothing is learnt from longer ones that shorter ones don't show.
pub const LONGEST: usize = 64 * 1024;

/// A target: its name, which its folder of kept inputs has too, and what it does. It panics when something doesn't hold.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 10] = [
    ("archive", archive::archive),
    ("check", analysis::check),
    ("comments", comments::comments),
    ("configuration", configuration::configuration),
    ("diff", diff::diff),
    ("markdown", markdown::markdown),
    ("review", analysis::review),
    ("sign_in", sign_in::sign_in),
    ("suppression", suppression::suppression),
    ("webhook", webhook::webhook),
];

/// Runs the target of that name.
pub fn run(name: &str, data: &[u8]) {
    let target = TARGETS.iter().find(|(other, _)| *other == name);
    target.expect("a target's name").1(&data[..data.len().min(LONGEST)]);
}

/// The parts of an input that stand between lines `%%`; of what is missing, the parts begin anew.
fn parts<'t>(text: &'t str) -> impl Fn(usize) -> &'t str {
    let parts: Vec<&'t str> = text.split("\n%%\n").collect();
    move |at| parts[at % parts.len()]
}
