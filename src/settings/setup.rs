//! The few settings that the command needs which makes a GitHub App.

use url::Url;

use super::arguments::PUBLIC_URL;
use super::{AppFolder, Arguments, SettingsError, values};
use crate::forge::Authorities;

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
}
