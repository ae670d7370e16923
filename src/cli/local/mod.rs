//! What the local commands read: git, the disk, a diff.

mod cache;
mod changes;
mod disk;
mod git;
mod objects;
mod patched;
mod progress;
mod store;

pub(super) use cache::{Cache, user_folder};
pub(super) use changes::{Change, SETTINGS, between, from_diff, to_work_tree};
pub(super) use disk::python_files;
pub(super) use git::Git;
pub(super) use objects::{Files, both_sides};
pub(super) use progress::Counted;
