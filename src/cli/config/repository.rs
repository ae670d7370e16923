//! A repository's own settings, read as a review reads them.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};

use super::check::Found;
use crate::policy::{self, Policy};

/// What is wrong with the settings of the repository in a folder, or with a file of them alone.
pub(super) fn check(path: &Path) -> anyhow::Result<Found> {
    let folder = std::fs::metadata(path).with_context(|| path.display().to_string())?.is_dir();
    let own = policy::FILES[0];
    let alone = match path.file_name().and_then(OsStr::to_str) {
        _ if folder => None,
        // A file under another name is meant to become the one that holds nothing else.
        name => Some(policy::FILES.into_iter().find(|file| Some(*file) == name).unwrap_or(own)),
    };
    let at = |file: &str| -> Option<PathBuf> {
        match alone {
            None => Some(path.join(file)),
            Some(alone) => (alone == file).then(|| path.to_owned()),
        }
    };
    let there: Vec<&str> = policy::FILES
        .into_iter()
        .filter(|file| at(file).is_some_and(|path| path.is_file()))
        .collect();
    if there.is_empty() {
        bail!("{} holds none of {}", path.display(), policy::FILES.join(", "));
    }
    for file in &there {
        let Some(path) = at(file) else { continue };
        std::fs::File::open(&path).with_context(|| path.display().to_string())?;
    }
    let read = |file: &str| Some(Arc::from(std::fs::read(at(file)?).ok()?));
    let (_, errors) = Policy::from_files(read);
    let stated = policy::stated(read);
    let mut warnings = Vec::new();
    if errors.is_empty() && stated.get("settings").is_none() && stated.get("python").is_none() {
        let there = there.join(" and ");
        warnings.push(format!(
            "{there} says nothing to asyncwarden: all its settings are the usual ones"
        ));
    }
    Ok(Found { errors, warnings })
}
