//! The platforms that are set up: all of what one needs, or nothing of it.

use super::values::{self, Secret};
use super::{Arguments, GitHubSettings, GitLabSettings, SettingsError};

const DEFAULT_GITHUB_API: &str = "https://api.github.com";

impl Arguments {
    /// How to speak with GitHub, if it is used.
    pub(super) fn github(&self) -> Result<Option<GitHubSettings>, SettingsError> {
        const ID: &str = "ASYNCWARDEN_GITHUB_APP_ID";
        const API: &str = "ASYNCWARDEN_GITHUB_API_URL";
        const KEY: &str = "ASYNCWARDEN_GITHUB_PRIVATE_KEY";
        const HOOK: &str = "ASYNCWARDEN_GITHUB_WEBHOOK_SECRET";
        let key = Secret(KEY, &self.github_private_key, &self.github_private_key_file).read()?;
        let hook =
            Secret(HOOK, &self.github_webhook_secret, &self.github_webhook_secret_file).read()?;
        let id = values::number(ID, self.github_app_id.as_deref())?;
        let api = values::url(API, self.github_api_url.as_deref())?;
        let set = [(ID, id.is_some()), (KEY, key.is_some()), (HOOK, hook.is_some())];
        let Some(set) =
            set.iter().chain(&[(API, api.is_some())]).find(|(_, is)| *is).map(|(name, _)| *name)
        else {
            return Ok(None);
        };
        let missing = |missing| SettingsError::Missing { set, missing };
        Ok(Some(GitHubSettings {
            app_id: id.ok_or(missing(ID))?,
            private_key: values::private_key(KEY, &key.ok_or(missing(KEY))?)?,
            webhook_secrets: values::list(HOOK, &hook.ok_or(missing(HOOK))?)?,
            api_url: match api {
                Some(url) => url,
                None => values::parse_url(API, DEFAULT_GITHUB_API)?,
            },
        }))
    }

    /// How to speak with GitLab, if it is used.
    pub(super) fn gitlab(&self) -> Result<Option<GitLabSettings>, SettingsError> {
        const URL: &str = "ASYNCWARDEN_GITLAB_URL";
        const TOKEN: &str = "ASYNCWARDEN_GITLAB_TOKEN";
        const HOOK: &str = "ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN";
        const SIGN: &str = "ASYNCWARDEN_GITLAB_SIGNING_TOKEN";
        let url = values::url(URL, self.gitlab_url.as_deref())?;
        let token = Secret(TOKEN, &self.gitlab_token, &self.gitlab_token_file).read()?;
        let hook =
            Secret(HOOK, &self.gitlab_webhook_token, &self.gitlab_webhook_token_file).read()?;
        let sign =
            Secret(SIGN, &self.gitlab_signing_token, &self.gitlab_signing_token_file).read()?;
        let set = [
            (TOKEN, token.is_some()),
            (URL, url.is_some()),
            (HOOK, hook.is_some()),
            (SIGN, sign.is_some()),
        ];
        let Some(set) = set.iter().find(|(_, is)| *is).map(|(name, _)| *name) else {
            return Ok(None);
        };
        let missing = |missing| SettingsError::Missing { set, missing };
        if hook.is_none() && sign.is_none() {
            return Err(missing(
                "ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN or ASYNCWARDEN_GITLAB_SIGNING_TOKEN",
            ));
        }
        Ok(Some(GitLabSettings {
            // No default: a token of one's own instance must not be sent to another host by an oversight.
            url: url.ok_or(missing(URL))?,
            token: token.ok_or(missing(TOKEN))?,
            webhook_token: hook,
            signing_token: sign.map(|sign| values::signing_token(SIGN, sign)).transpose()?,
        }))
    }
}
