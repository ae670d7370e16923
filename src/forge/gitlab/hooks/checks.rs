//! External status checks, which GitLab has from Ultimate on.

use http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::{GitLab, Place};
use crate::forge::ForgeError;
use crate::forge::call::{Repeatable, Write};
use crate::forge::gitlab::address::is_same_address;
use crate::forge::gitlab::http::Call;
use crate::forge::gitlab::parse;

/// An external status check as GitLab shows it.
#[derive(Debug, Clone, Deserialize)]
pub struct StatusCheck {
    /// Number of it.
    pub id: i64,
    /// What people read.
    pub name: Option<String>,
    /// What it calls.
    pub external_url: Option<String>,
    /// Whether its calls are signed.
    pub hmac: Option<bool>,
}

/// How ours has to be.
#[derive(Debug, Clone, Copy)]
pub struct WantedCheck<'a> {
    /// What it calls.
    pub url: &'a Url,
    /// Signs its calls.
    pub secret: &'a SecretString,
}

/// What people read.
const NAME: &str = "asyncwarden";

impl GitLab {
    /// The external status check that is ours.
    ///
    /// # Errors
    /// [`ForgeError::Status`] with 403 or 404 below Ultimate or Maintainer.
    pub async fn status_check(
        &self,
        project: &Place,
        url: &Url,
    ) -> Result<Option<StatusCheck>, ForgeError> {
        let path = format!("{}/external_status_checks?per_page=100", project.path());
        let (checks, _) = self.list::<StatusCheck>("list status checks", &path, 5).await?;
        let mut checks: Vec<StatusCheck> = checks;
        checks.sort_by_key(|check| check.id);
        let ours = |check: &StatusCheck| {
            check.external_url.as_ref().is_some_and(|shown| is_same_address(shown, url.as_str()))
                || check.name.as_deref() == Some(NAME)
        };
        Ok(checks.into_iter().find(ours))
    }

    /// Makes the external status check, or changes the one that stands.
    ///
    /// # Errors
    /// As [`GitLab::status_check`].
    pub async fn set_status_check(
        &self,
        project: &Place,
        standing: Option<&StatusCheck>,
        wanted: &WantedCheck<'_>,
    ) -> Result<StatusCheck, ForgeError> {
        const OPERATION: &str = "set status check";
        let (method, path, repeatable) = match standing {
            Some(check) => {
                let path = format!("{}/external_status_checks/{}", project.path(), check.id);
                (Method::PUT, path, Repeatable::Yes)
            }
            // A second one of the same name is refused.
            None => {
                let path = format!("{}/external_status_checks", project.path());
                (Method::POST, path, Repeatable::No)
            }
        };
        let call = Call::new(method, self.transport.url(&path)).body(json!({
            "name": NAME,
            "external_url": wanted.url.as_str(),
            "shared_secret": wanted.secret.expose_secret(),
        }));
        let setting = self.call(OPERATION, repeatable, &call);
        let answer = self.lane.in_turn(OPERATION, Write::Changes, setting).await?;
        parse(OPERATION, &answer)
    }

    /// Takes an external status check away. One that is gone is no error.
    ///
    /// # Errors
    /// As [`GitLab::status_check`].
    pub async fn delete_status_check(&self, project: &Place, id: i64) -> Result<(), ForgeError> {
        let path = format!("{}/external_status_checks/{id}", project.path());
        self.delete("delete status check", &path).await
    }
}
