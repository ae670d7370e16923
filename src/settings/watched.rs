//! The files that settings are read from while the service runs: secrets that are replaced, and the settings file.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{AppFolder, Arguments, Settings, SettingsError};

/// What the service was started with, to be read again when its files change.
#[derive(Debug, Clone)]
pub struct WatchedFiles {
    arguments: Arguments,
    seen: Vec<Stamp>,
}

/// A file's state: when it was written, and its length. `None`: it can't be seen.
type Stamp = Option<(SystemTime, u64)>;

impl WatchedFiles {
    /// Looks at the files as they are now.
    pub fn new(arguments: Arguments) -> Self {
        let seen = stamps(&arguments);
        Self { arguments, seen }
    }

    /// Whether a file is another one than when this was asked last.
    pub fn changed(&mut self) -> bool {
        let now = stamps(&self.arguments);
        let before = std::mem::replace(&mut self.seen, now);
        before != self.seen
    }

    /// Reads everything again.
    ///
    /// # Errors
    /// As [`Arguments::resolve`].
    pub fn read(&self) -> Result<Settings, SettingsError> {
        self.arguments.clone().resolve()
    }
}

fn stamps(arguments: &Arguments) -> Vec<Stamp> {
    // With a settings file that can't be read there is nothing but that file to look at.
    let given = arguments.clone().with_file().unwrap_or_else(|_| arguments.clone());
    files(&given).iter().map(|file| stamp(file)).collect()
}

/// The files whose content counts anew. Where everything is kept can't change while the service runs.
fn files(given: &Arguments) -> Vec<PathBuf> {
    let named = [
        &given.config,
        &given.ca_file,
        &given.github_private_key_file,
        &given.github_webhook_secret_file,
        &given.github_client_secret_file,
        &given.gitlab_token_file,
        &given.gitlab_webhook_token_file,
        &given.gitlab_signing_token_file,
        &given.gitlab_hooks_file,
        &given.gitlab_client_secret_file,
        &given.oidc_client_secret_file,
        &given.session_key_file,
        &given.operator_token_file,
    ];
    let app = given.github_app_folder().ok().flatten();
    let app = app.iter().flat_map(AppFolder::files);
    named.into_iter().flatten().cloned().chain(app).collect()
}

fn stamp(file: &Path) -> Stamp {
    let known = std::fs::metadata(file).ok()?;
    Some((known.modified().ok()?, known.len()))
}
