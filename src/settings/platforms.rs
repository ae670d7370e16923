//! The platforms that are set up: all of what one needs, or nothing of it.

use secrecy::SecretString;

use super::values::{self, Secret};
use super::wrong::{Looked, Wrong};
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
    pub(super) fn github(&self, wrong: &mut Wrong) -> Option<GitHubSettings> {
        const ID: &str = "ASYNCWARDEN_GITHUB_APP_ID";
        const API: &str = "ASYNCWARDEN_GITHUB_API_URL";
        const KEY: &str = "ASYNCWARDEN_GITHUB_PRIVATE_KEY";
        const SECRET: &str = "ASYNCWARDEN_GITHUB_WEBHOOK_SECRET";
        let key = Secret(KEY, &self.github_private_key, &self.github_private_key_file);
        let key = wrong.value(key.read());
        let hook = Secret(SECRET, &self.github_webhook_secret, &self.github_webhook_secret_file);
        let hook = wrong.value(hook.read());
        let id = wrong.value(values::number(ID, self.github_app_id.as_deref()));
        let api = wrong.value(values::url(API, self.github_api_url.as_deref()));
        // What can't be used is set all the same.
        let set = [(ID, !is_unset(&id)), (KEY, !is_unset(&key)), (SECRET, !is_unset(&hook))];
        let own = set.iter().find(|(_, is)| *is).map(|(name, _)| *name);
        match (own, wrong.value(self.github_app()).flatten()) {
            (None, Some(mut app)) => {
                app.api_url = api.flatten().unwrap_or(app.api_url);
                return Some(app);
            }
            // In the embedded store's folder it is only there for want of a better one.
            (Some(own), Some(_)) if self.github_app_dir.is_some() => {
                let problem = format!("{own} is set, too, and the folder holds an App; keep one");
                wrong.note(SettingsError::value(APP_DIR, problem));
                return None;
            }
            _ => {}
        }
        let set = own.or((!is_unset(&api)).then_some(API))?;
        let app_id = wrong.needed(set, ID, id);
        let key = wrong.needed(set, KEY, key);
        let hook = wrong.needed(set, SECRET, hook);
        // What is in a file is no path: it is shown nowhere.
        let read = match self.github_private_key_file {
            Some(_) => values::private_key,
            None => values::private_key_or_path,
        };
        let private_key = key.and_then(|key| wrong.value(read(KEY, &key)));
        let webhook_secrets = hook.and_then(|hook| wrong.value(values::list(SECRET, &hook)));
        let usual = || values::parse_url(API, DEFAULT_GITHUB_API);
        let api_url = api?.map_or_else(|| wrong.value(usual()), Some);
        Some(GitHubSettings {
            api_url: api_url?,
            app_id: app_id?,
            private_key: private_key?,
            webhook_secrets: webhook_secrets?,
        })
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
    pub(super) fn gitlab(&self, wrong: &mut Wrong) -> Option<GitLabSettings> {
        const FILE: &str = "ASYNCWARDEN_GITLAB_HOOKS_FILE";
        let url = wrong.value(values::url(URL, self.gitlab_url.as_deref()));
        let token = Secret(TOKEN, &self.gitlab_token, &self.gitlab_token_file);
        let token = wrong.value(token.read());
        let for_all = self.hook_secrets_for_all(wrong);
        let file = wrong.value(self.hooks_file().map(HooksFile::read).transpose());
        let set = [
            (TOKEN, !is_unset(&token)),
            (URL, !is_unset(&url)),
            (HOOK, for_all.as_ref().is_none_or(|hooks| !hooks.tokens.is_empty())),
            (SIGN, for_all.as_ref().is_none_or(|hooks| !hooks.signing_tokens.is_empty())),
            (FILE, !is_unset(&file)),
        ];
        let set = set.iter().find(|(_, is)| *is).map(|(name, _)| *name)?;
        // What can't be used may hold some.
        let filed = |file: &HooksFile| !file.secrets().is_empty();
        let some_hook = for_all.as_ref().is_none_or(|hooks| !hooks.is_empty())
            || file.as_ref().is_none_or(|file| file.as_ref().is_some_and(filed));
        if !some_hook {
            let missing = "a secret in ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN, ASYNCWARDEN_GITLAB_SIGNING_TOKEN or ASYNCWARDEN_GITLAB_HOOKS_FILE";
            wrong.note(SettingsError::Missing { set, missing });
        }
        // No default: a token of one's own instance must not be sent to another host by an oversight.
        let url = wrong.needed(set, URL, url);
        let token = wrong.needed(set, TOKEN, token);
        Some(GitLabSettings {
            url: url?,
            token: token?,
            token_file: self.gitlab_token_file.clone(),
            hooks: some(for_all?),
            hooks_file: file?,
        })
    }

    /// Secrets of webhooks that count for the calls of all projects.
    pub(super) fn hook_secrets_for_all(&self, wrong: &mut Wrong) -> Option<HookSecrets> {
        let list = |name, found: Result<Option<SecretString>, SettingsError>| {
            found?.map(|all| values::list(name, &all)).transpose()
        };
        let tokens = Secret(HOOK, &self.gitlab_webhook_token, &self.gitlab_webhook_token_file);
        let signing = Secret(SIGN, &self.gitlab_signing_token, &self.gitlab_signing_token_file);
        let tokens = wrong.value(list(HOOK, tokens.read()));
        let signing = list(SIGN, signing.read()).and_then(|all| {
            let all = all.unwrap_or_default().into_iter();
            all.map(|token| values::signing_token(SIGN, token)).collect()
        });
        let signing = wrong.value(signing);
        Some(HookSecrets::for_all(tokens?.unwrap_or_default(), signing?))
    }

    pub(super) fn hooks_file(&self) -> Option<HooksFile> {
        self.gitlab_hooks_file.as_ref().map(HooksFile::at)
    }
}

/// Those secrets, if there are any.
pub(super) fn some(hooks: HookSecrets) -> Vec<HookSecrets> {
    if hooks.is_empty() { Vec::new() } else { vec![hooks] }
}

fn is_unset<T>(looked: &Looked<T>) -> bool {
    matches!(looked, Some(None))
}
