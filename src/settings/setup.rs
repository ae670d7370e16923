//! The few settings that commands need which set the service up at a platform.

use secrecy::SecretString;
use url::Url;

use super::arguments::PUBLIC_URL;
use super::platforms::{TOKEN, URL, some};
use super::values::{self, Secret};
use super::wrong::{Wrong, first};
use super::{AppFolder, Arguments, HooksFile, SettingsError};
use crate::forge::Authorities;
use crate::forge::gitlab::HookSecrets;

/// What the command that makes a GitHub App needs of the settings.
#[derive(Debug)]
pub struct Setup {
    /// Where people and the platform reach the service.
    pub public_url: Option<Url>,
    /// Where the credentials go.
    pub app_folder: Option<AppFolder>,
    /// Who vouches for the platform's certificate, beside the usual ones.
    pub authorities: Authorities,
}

/// What the command that sets webhooks at GitLab needs of the settings.
#[derive(Debug)]
pub struct GitLabSetup {
    /// Where the platform reaches the service.
    pub public_url: Url,
    /// Base of the instance.
    pub url: Url,
    /// Token of somebody who may set webhooks.
    pub token: SecretString,
    /// Secrets that the service takes, perhaps none.
    pub hooks: Vec<HookSecrets>,
    /// Where secrets by scope are kept; it need not be there yet.
    pub hooks_file: Option<HooksFile>,
    /// Who vouches for the platform's certificate, beside the usual ones.
    pub authorities: Authorities,
}

impl Arguments {
    /// Where the credentials of a GitHub App are, and who vouches for the platform, for the command that makes one.
    ///
    /// # Errors
    /// As [`Arguments::resolve`].
    pub fn resolve_setup(self) -> Result<Setup, SettingsError> {
        let given = self.with_file()?;
        Ok(Setup {
            public_url: values::url(PUBLIC_URL, given.public_url.as_deref())?,
            app_folder: given.github_app_folder()?,
            authorities: given.authorities()?,
        })
    }

    /// How to reach GitLab and the service, for the command that sets webhooks.
    ///
    /// # Errors
    /// As [`Arguments::resolve`].
    pub fn resolve_gitlab_setup(self) -> Result<GitLabSetup, SettingsError> {
        let given = self.with_file()?;
        let needed = |name| SettingsError::value(name, "is needed");
        let file = given.hooks_file();
        let file = match file {
            Some(file) if file.path().exists() => Some(file.read()?),
            new => new,
        };
        let mut wrong = Wrong::default();
        let for_all = given.hook_secrets_for_all(&mut wrong);
        let mut hooks = some(wrong.end(for_all).map_err(first)?);
        hooks.extend(file.iter().flat_map(HooksFile::secrets).cloned());
        Ok(GitLabSetup {
            public_url: values::url(PUBLIC_URL, given.public_url.as_deref())?
                .ok_or_else(|| needed(PUBLIC_URL))?,
            url: values::url(URL, given.gitlab_url.as_deref())?.ok_or_else(|| needed(URL))?,
            token: Secret(TOKEN, &given.gitlab_token, &given.gitlab_token_file)
                .read()?
                .ok_or_else(|| needed(TOKEN))?,
            hooks,
            hooks_file: file,
            authorities: given.authorities()?,
        })
    }
}
