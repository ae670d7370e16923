//! What has to stand at GitLab so that the service hears of merge requests: webhooks and external status checks.
//!
//! Only the command that sets them up uses this, with a token of somebody who may.

mod checks;
mod place;
mod wanted;

pub use checks::{StatusCheck, WantedCheck};
pub use place::{Place, PlaceKind};
pub use wanted::{HookSecret, WantedHook};

use chrono::{DateTime, Utc};
use http::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use super::address::is_same_address;
use super::http::Call;
use super::{GitLab, parse};
use crate::forge::ForgeError;
use crate::forge::call::{Repeatable, Write};

/// A project has a hundred hooks at most, a group fifty.
const PAGES: usize = 5;

/// A webhook as GitLab shows it. Its secrets it never shows, only whether there are any.
#[derive(Debug, Clone, Deserialize)]
pub struct Hook {
    /// Number of it.
    pub id: i64,
    /// What it calls.
    pub url: String,
    /// `executable`, `temporarily_disabled` or `disabled`.
    pub alert_status: Option<String>,
    /// Until when it is switched off, if not for good.
    pub disabled_until: Option<DateTime<Utc>>,
    /// Whether it has a secret token; told from GitLab 19.0 on.
    pub token_present: Option<bool>,
    /// Whether it has a signing token; told from GitLab 19.0 on.
    pub signing_token_present: Option<bool>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// Why a webhook is not as it should be.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    /// GitLab refused, or can't be reached.
    #[error(transparent)]
    Forge(#[from] ForgeError),
    /// GitLab took the call, but not the signing token; what stood before stands again.
    #[error("GitLab did not take the signing token")]
    NotSigned,
}

/// GitLab's version, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    major: u32,
    minor: u32,
}

impl Version {
    /// The first one whose hooks can be signed.
    pub const SIGNS: Version = Version { major: 19, minor: 0 };

    /// From `19.5.0-ee`; `None` when it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(['.', '-']).map(|part| part.parse().ok());
        Some(Self { major: parts.next()??, minor: parts.next()?? })
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[derive(Deserialize)]
struct VersionWire {
    version: String,
}

impl GitLab {
    /// Which GitLab it is; `None` when it says something unknown.
    ///
    /// # Errors
    /// As any call.
    pub async fn version(&self) -> Result<Option<Version>, ForgeError> {
        let wire: VersionWire = self.get("read version", "/version").await?;
        Ok(Version::parse(&wire.version))
    }

    /// The webhooks that call this address, the oldest first.
    ///
    /// # Errors
    /// [`ForgeError::Status`] with 403 below Maintainer (Owner of a group), with 403 or 404 for a group without Premium.
    pub async fn hooks_to(&self, place: &Place, url: &Url) -> Result<Vec<Hook>, ForgeError> {
        let path = format!("{}/hooks?per_page=100", place.path());
        let (hooks, _) = self.list::<Hook>("list webhooks", &path, PAGES).await?;
        let mut ours: Vec<Hook> =
            hooks.into_iter().filter(|hook| is_same_address(&hook.url, url.as_str())).collect();
        ours.sort_by_key(|hook| hook.id);
        Ok(ours)
    }

    /// Makes a webhook, or changes the one that stands. Where that is signed, GitLab is held to it: an older one ignores
    /// signing tokens, and would send calls that nobody takes. A secret token beside the signing token is taken away, unless
    /// it is to be kept for now.
    ///
    /// # Errors
    /// As [`GitLab::hooks_to`], and [`HookError::NotSigned`].
    pub async fn set_hook(
        &self,
        place: &Place,
        standing: Option<&Hook>,
        wanted: &WantedHook<'_>,
        keep_token: bool,
    ) -> Result<Hook, HookError> {
        let set = match standing {
            Some(hook) => self.change_hook(place, hook.id, wanted.body(place)).await?,
            None => self.create_hook(place, wanted).await?,
        };
        if !wanted.is_signed() {
            return Ok(set);
        }
        if set.signing_token_present != Some(true) {
            match standing {
                Some(before) => {
                    self.change_hook(place, before.id, wanted.body_as_before(before)).await?;
                }
                None => self.delete_hook(place, set.id).await?,
            }
            return Err(HookError::NotSigned);
        }
        if set.token_present == Some(true) && !keep_token {
            // It would go along with every call in clear text, for nothing.
            let body = json!({ "url": set.url, "token": "" });
            return Ok(self.change_hook(place, set.id, body).await?);
        }
        Ok(set)
    }

    /// After a lost answer the hook is looked for before it is made again.
    async fn create_hook(
        &self,
        place: &Place,
        wanted: &WantedHook<'_>,
    ) -> Result<Hook, ForgeError> {
        const OPERATION: &str = "create webhook";
        let url = self.transport.url(&format!("{}/hooks", place.path()));
        let call = Call::new(Method::POST, url).body(wanted.body(place));
        let creating = self.call(OPERATION, Repeatable::No, &call);
        match self.lane.in_turn(OPERATION, Write::Changes, creating).await {
            Ok(answer) => parse(OPERATION, &answer),
            Err(error) if error.is_ambiguous() => {
                self.lane.settle().await;
                match self.hooks_to(place, wanted.url).await?.into_iter().next() {
                    Some(found) => self.change_hook(place, found.id, wanted.body(place)).await,
                    None => Err(error),
                }
            }
            Err(error) => Err(error),
        }
    }

    async fn change_hook(&self, place: &Place, id: i64, body: Value) -> Result<Hook, ForgeError> {
        const OPERATION: &str = "change webhook";
        let url = self.transport.url(&format!("{}/hooks/{id}", place.path()));
        let call = Call::new(Method::PUT, url).body(body);
        let changing = self.call(OPERATION, Repeatable::Yes, &call);
        let answer = self.lane.in_turn(OPERATION, Write::Changes, changing).await?;
        parse(OPERATION, &answer)
    }

    /// Takes a webhook away. One that is gone is no error.
    ///
    /// # Errors
    /// As [`GitLab::hooks_to`].
    pub async fn delete_hook(&self, place: &Place, id: i64) -> Result<(), ForgeError> {
        self.delete("delete webhook", &format!("{}/hooks/{id}", place.path())).await
    }

    /// Has GitLab call the hook once, for a merge request that it chooses.
    ///
    /// # Errors
    /// [`ForgeError::Status`] with 422 and what the call was answered, or why it could not be made.
    pub async fn test_hook(&self, place: &Place, id: i64) -> Result<(), ForgeError> {
        let path = format!("{}/hooks/{id}/test/merge_requests_events", place.path());
        let call = Call::new(Method::POST, self.transport.url(&path));
        self.call("test webhook", Repeatable::No, &call).await.map(drop)
    }

    async fn delete(&self, operation: &'static str, path: &str) -> Result<(), ForgeError> {
        let call = Call::new(Method::DELETE, self.transport.url(path));
        let deleting = self.call(operation, Repeatable::Yes, &call);
        match self.lane.in_turn(operation, Write::Changes, deleting).await {
            Ok(_) | Err(ForgeError::Status { status: 404, .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        let version = |text| Version::parse(text).expect("it is one");
        assert!(version("19.5.0-pre") > Version::SIGNS && version("19.0.0") >= Version::SIGNS);
        assert!(version("18.11.2-ee") < Version::SIGNS && version("9.5.10") < Version::SIGNS);
        assert_eq!(Version::parse("unknown"), None);
    }
}
