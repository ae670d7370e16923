//! The platforms that are set up: all of what one needs, or nothing of it.

use super::values::{self, Secret};
use super::{
    AppFolder, Arguments, GitHubSettings, GitLabSettings, HooksFile, SettingsError, StoreSettings,
};
use crate::forge::Authorities;
use crate::forge::gitlab::HookSecrets;

const APP_DIR: &str = "ASYNCWARDEN_GITHUB_APP_DIR";
pub(super) const URL: &str = "ASYNCWARDEN_GITLAB_URL";
pub(super) const TOKEN: &str = "ASYNCWARDEN_GITLAB_TOKEN";
const HOOK: &str = "ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN";
const SIGN: &str = "ASYNCWARDEN_GITLAB_SIGNING_TOKEN";
const DEFAULT_GITHUB_API: &str = "https://api.github.com";

impl Arguments {
    /// How to speak with GitHub, if it is used.
    pub(super) fn github(&self) -> Result<Option<GitHubSettings>, SettingsError> {
        const ID: &str = "ASYNCWARDEN_GITHUB_APP_ID";
        const API: &str = "ASYNCWARDEN_GITHUB_API_URL";
        const KEY: &str = "ASYNCWARDEN_GITHUB_PRIVATE_KEY";
        const SECRET: &str = "ASYNCWARDEN_GITHUB_WEBHOOK_SECRET";
        let key = Secret(KEY, &self.github_private_key, &self.github_private_key_file).read()?;
        let hook =
            Secret(SECRET, &self.github_webhook_secret, &self.github_webhook_secret_file).read()?;
        let id = values::number(ID, self.github_app_id.as_deref())?;
        let api = values::url(API, self.github_api_url.as_deref())?;
        let set = [(ID, id.is_some()), (KEY, key.is_some()), (SECRET, hook.is_some())];
        let own = set.iter().find(|(_, is)| *is).map(|(name, _)| *name);
        match (own, self.github_app()?) {
            (None, Some(mut app)) => {
                app.api_url = api.unwrap_or(app.api_url);
                return Ok(Some(app));
            }
            // In the embedded store's folder it is only there for want of a better one.
            (Some(own), Some(_)) if self.github_app_dir.is_some() => {
                let problem = format!("{own} is set, too, and the folder holds an App; keep one");
                return Err(SettingsError::value(APP_DIR, problem));
            }
            _ => {}
        }
        let Some(set) = own.or(api.is_some().then_some(API)) else { return Ok(None) };
        let missing = |missing| SettingsError::Missing { set, missing };
        Ok(Some(GitHubSettings {
            app_id: id.ok_or(missing(ID))?,
            private_key: values::private_key(KEY, &key.ok_or(missing(KEY))?)?,
            webhook_secrets: values::list(SECRET, &hook.ok_or(missing(SECRET))?)?,
            api_url: match api {
                Some(url) => url,
                None => values::parse_url(API, DEFAULT_GITHUB_API)?,
            },
        }))
    }

    fn github_app(&self) -> Result<Option<GitHubSettings>, SettingsError> {
        self.github_app_folder()?.map_or(Ok(None), |folder| folder.read())
    }

    /// Where the credentials of a GitHub App are, or go when one is made.
    pub(super) fn github_app_folder(&self) -> Result<Option<AppFolder>, SettingsError> {
        if let Some(folder) = &self.github_app_dir {
            return Ok(Some(AppFolder::at(folder)));
        }
        Ok(match self.store_settings()? {
            StoreSettings::Embedded(folder) => Some(AppFolder::at(folder.join("github-app"))),
            StoreSettings::Postgres(_) => None,
        })
    }

    /// Who vouches for the platforms' certificates, beside the usual ones.
    pub(super) fn authorities(&self) -> Result<Authorities, SettingsError> {
        const NAME: &str = "ASYNCWARDEN_CA_FILE";
        let Some(path) = &self.ca_file else { return Ok(Authorities::default()) };
        let refuse = |problem: String| {
            SettingsError::value(NAME, format_args!("{}: {problem}", path.display()))
        };
        let text = std::fs::read(path).map_err(|error| refuse(error.to_string()))?;
        Authorities::from_pem(&text).map_err(refuse)
    }

    /// How to speak with GitLab, if it is used.
    pub(super) fn gitlab(&self) -> Result<Option<GitLabSettings>, SettingsError> {
        const FILE: &str = "ASYNCWARDEN_GITLAB_HOOKS_FILE";
        let url = values::url(URL, self.gitlab_url.as_deref())?;
        let token = Secret(TOKEN, &self.gitlab_token, &self.gitlab_token_file).read()?;
        let for_all = self.hook_secrets_for_all()?;
        let file = self.hooks_file().map(HooksFile::read).transpose()?;
        let set = [
            (TOKEN, token.is_some()),
            (URL, url.is_some()),
            (HOOK, !for_all.tokens.is_empty()),
            (SIGN, !for_all.signing_tokens.is_empty()),
            (FILE, file.is_some()),
        ];
        let Some(set) = set.iter().find(|(_, is)| *is).map(|(name, _)| *name) else {
            return Ok(None);
        };
        let missing = |missing| SettingsError::Missing { set, missing };
        let filed = file.as_ref().is_some_and(|file| !file.secrets().is_empty());
        if for_all.is_empty() && !filed {
            return Err(missing(
                "a secret in ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN, ASYNCWARDEN_GITLAB_SIGNING_TOKEN or ASYNCWARDEN_GITLAB_HOOKS_FILE",
            ));
        }
        Ok(Some(GitLabSettings {
            // No default: a token of one's own instance must not be sent to another host by an oversight.
            url: url.ok_or(missing(URL))?,
            token: token.ok_or(missing(TOKEN))?,
            token_file: self.gitlab_token_file.clone(),
            hooks: some(for_all),
            hooks_file: file,
        }))
    }

    /// Secrets of webhooks that count for the calls of all projects.
    pub(super) fn hook_secrets_for_all(&self) -> Result<HookSecrets, SettingsError> {
        let tokens =
            Secret(HOOK, &self.gitlab_webhook_token, &self.gitlab_webhook_token_file).read()?;
        let signing =
            Secret(SIGN, &self.gitlab_signing_token, &self.gitlab_signing_token_file).read()?;
        let tokens = tokens.map(|all| values::list(HOOK, &all)).transpose()?.unwrap_or_default();
        let signing = signing.map(|all| values::list(SIGN, &all)).transpose()?.unwrap_or_default();
        let signing = signing.into_iter().map(|token| values::signing_token(SIGN, token));
        Ok(HookSecrets::for_all(tokens, signing.collect::<Result<_, _>>()?))
    }

    pub(super) fn hooks_file(&self) -> Option<HooksFile> {
        self.gitlab_hooks_file.as_ref().map(HooksFile::at)
    }
}

/// Those secrets, if there are any.
pub(super) fn some(hooks: HookSecrets) -> Vec<HookSecrets> {
    if hooks.is_empty() { Vec::new() } else { vec![hooks] }
}
