//! The hooks by which platforms call us.

use std::sync::Arc;

use super::{Settings, WatchedHooks};
use crate::forge::ForgeKind;
use crate::forge::github::GitHubReceiver;
use crate::forge::gitlab::{GitLabConfig, GitLabReceiver};
use crate::forge::webhook::Receivers;

/// What a person needs to know to let a platform call us.
pub struct Hook {
    /// The platform's name.
    pub platform: &'static str,
    /// Whether calls are accepted.
    pub configured: bool,
    /// What is to be called.
    pub url: String,
    /// The setting to begin with when it is not configured.
    pub setting: &'static str,
    /// The page on which it can be set up, where there is one.
    pub setup: Option<&'static str>,
}

impl Settings {
    /// The hooks of all platforms.
    pub fn hooks(&self) -> [Hook; 2] {
        let hook = |forge: ForgeKind, configured, setting, setup| Hook {
            platform: forge.title(),
            configured,
            url: format!(
                "{}/webhooks/{}",
                self.public_url.as_deref().unwrap_or_default(),
                forge.as_str()
            ),
            setting,
            setup,
        };
        [
            hook(
                ForgeKind::GitHub,
                self.github.is_some(),
                "ASYNCWARDEN_GITHUB_APP_ID",
                Some("/setup/github"),
            ),
            hook(ForgeKind::GitLab, self.gitlab.is_some(), "ASYNCWARDEN_GITLAB_TOKEN", None),
        ]
    }

    /// Who understands what the platforms that are set up send.
    pub fn receivers(&self) -> Receivers {
        let mut receivers = Receivers::new();
        if let Some(github) = &self.github {
            receivers.push(Arc::new(GitHubReceiver {
                secrets: github.webhook_secrets.clone(),
                app_id: github.app_id,
            }));
        }
        if let Some(gitlab) = &self.gitlab {
            let secrets = WatchedHooks::new(gitlab.hooks.clone(), gitlab.hooks_file.clone());
            let platform = GitLabConfig {
                authorities: self.authorities.clone(),
                ..GitLabConfig::new(gitlab.url.as_str(), gitlab.token.clone())
            };
            receivers.push(Arc::new(GitLabReceiver { secrets: Arc::new(secrets), platform }));
        }
        receivers
    }
}
