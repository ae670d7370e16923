//! The credentials of a GitHub App as files in a folder: who makes the App writes them, the service reads them at start.

use std::fmt::Display;
use std::fs::DirBuilder;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::private_file::{create, put};
use super::values;
use super::{GitHubSettings, SettingsError};
use crate::forge::github::app::CreatedApp;
use crate::forge::identity::ClientCredentials;

const NAME: &str = "ASYNCWARDEN_GITHUB_APP_DIR";

const APP_ID: &str = "app-id";
const API_URL: &str = "api-url";
const PRIVATE_KEY: &str = "private-key.pem";
const WEBHOOK_SECRET: &str = "webhook-secret";
const CLIENT_ID: &str = "client-id";
const CLIENT_SECRET: &str = "client-secret";
const SLUG: &str = "slug";

/// The folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppFolder(PathBuf);

impl AppFolder {
    /// The folder at this path, whether or not it is there.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Whether it holds an App. Its number is written last.
    pub fn holds_app(&self) -> bool {
        self.file(APP_ID).exists()
    }

    /// Makes the folder, for its owner alone, and tries whether files can be made there.
    ///
    /// # Errors
    /// When they can't, when others may write there, or when there is an App already and it is not to be overwritten.
    pub fn prepare(&self, overwrite: bool) -> io::Result<()> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        for_its_owner_alone(&mut builder);
        builder.create(&self.0)?;
        refuse_writable_by_others(&self.0)?;
        if !overwrite && let Some(taken) = self.files().into_iter().find(|file| file.exists()) {
            let problem = format!("{} is there already", taken.display());
            return Err(io::Error::new(ErrorKind::AlreadyExists, problem));
        }
        let trial = self.file(".trial");
        let _ = std::fs::remove_file(&trial);
        create(&trial)?;
        std::fs::remove_file(&trial)
    }

    /// Writes an App's credentials, each in a file that only its owner may read from the moment on that it is there.
    ///
    /// # Errors
    /// As [`AppFolder::prepare`]. What was written by then is taken away again.
    pub fn write(&self, app: &CreatedApp, overwrite: bool) -> io::Result<()> {
        self.prepare(overwrite)?;
        let (number, api) = (app.id.to_string(), app.api_url.as_str().trim_end_matches('/'));
        let hook =
            app.webhook_secret.as_ref().map(|secret| (WEBHOOK_SECRET, secret.expose_secret()));
        let texts = [
            (PRIVATE_KEY, app.private_key.expose_secret()),
            (CLIENT_ID, app.client_id.as_str()),
            (CLIENT_SECRET, app.client_secret.expose_secret()),
            (SLUG, app.slug.as_str()),
            (API_URL, api),
        ];
        if overwrite {
            // An old secret is none of the new App.
            match std::fs::remove_file(self.file(WEBHOOK_SECRET)) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        let mut written = Vec::new();
        for (name, text) in texts.into_iter().chain(hook).chain([(APP_ID, number.as_str())]) {
            let file = self.file(name);
            if let Err(error) = put(&file, text, overwrite) {
                if !overwrite {
                    written.iter().for_each(|file| drop(std::fs::remove_file(file)));
                }
                return Err(io::Error::new(error.kind(), format!("{}: {error}", file.display())));
            }
            written.push(file);
        }
        Ok(())
    }

    /// How to speak with GitHub as the App in the folder; `None` when there is none.
    pub(super) fn read(&self) -> Result<Option<GitHubSettings>, SettingsError> {
        if !self.holds_app() {
            return Ok(None);
        }
        let refuse = |name: &str, problem: &dyn Display| {
            SettingsError::value(NAME, format_args!("{}: {problem}", self.file(name).display()))
        };
        let text = |name| {
            let read = std::fs::read_to_string(self.file(name)).map(Zeroizing::new);
            read.map(|text| Zeroizing::new(text.trim().to_owned()))
                .map_err(|error| refuse(name, &error))
        };
        let key = SecretString::from(text(PRIVATE_KEY)?.as_str());
        Ok(Some(GitHubSettings {
            app_id: text(APP_ID)?.parse().map_err(|error| refuse(APP_ID, &error))?,
            api_url: values::parse_url(NAME, &text(API_URL)?)?,
            private_key: values::private_key(NAME, &key)?,
            webhook_secrets: values::list(
                NAME,
                &SecretString::from(text(WEBHOOK_SECRET)?.as_str()),
            )?,
        }))
    }

    /// What the App is known as where people sign in with it; `None` when the folder doesn't say.
    pub(super) fn client(&self) -> Option<ClientCredentials> {
        let text = |name| {
            let text = std::fs::read_to_string(self.file(name)).ok()?.trim().to_owned();
            (!text.is_empty()).then_some(text)
        };
        Some(ClientCredentials { id: text(CLIENT_ID)?, secret: text(CLIENT_SECRET)?.into() })
    }

    /// Its files that hold secrets.
    pub(super) fn secret_files(&self) -> [PathBuf; 3] {
        [PRIVATE_KEY, WEBHOOK_SECRET, CLIENT_SECRET].map(|name| self.file(name))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(super) fn files(&self) -> [PathBuf; 7] {
        [APP_ID, API_URL, PRIVATE_KEY, WEBHOOK_SECRET, CLIENT_ID, CLIENT_SECRET, SLUG]
            .map(|name| self.file(name))
    }
}

#[cfg(unix)]
fn for_its_owner_alone(builder: &mut DirBuilder) {
    std::os::unix::fs::DirBuilderExt::mode(builder, 0o700);
}

#[cfg(not(unix))]
fn for_its_owner_alone(_: &mut DirBuilder) {}

#[cfg(unix)]
fn refuse_writable_by_others(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(folder)?.permissions().mode();
    if mode & 0o022 == 0 {
        return Ok(());
    }
    let problem = format!("others may write to {0} (chmod 700 {0})", folder.display());
    Err(io::Error::new(ErrorKind::PermissionDenied, problem))
}

#[cfg(not(unix))]
fn refuse_writable_by_others(_: &Path) -> io::Result<()> {
    Ok(())
}
