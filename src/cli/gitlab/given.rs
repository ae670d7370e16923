//! The settings that the command needs.

use std::path::PathBuf;

use secrecy::SecretString;

use crate::settings::Arguments;

/// The settings that the command needs; the service reads the same ones.
#[derive(Debug, clap::Args)]
pub(super) struct GivenSettings {
    /// Where GitLab reaches the service.
    #[arg(long = "url", env = "ASYNCWARDEN_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// The GitLab instance.
    #[arg(long, env = "ASYNCWARDEN_GITLAB_URL", value_name = "URL")]
    gitlab_url: Option<String>,
    /// Access token of a Maintainer, with scope `api`; for a group's webhook, of an Owner.
    #[arg(long, env = "ASYNCWARDEN_GITLAB_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    gitlab_token: Option<SecretString>,
    /// File that holds it.
    #[arg(long, env = "ASYNCWARDEN_GITLAB_TOKEN_FILE", value_name = "FILE")]
    gitlab_token_file: Option<PathBuf>,
    /// Secrets by project and group.
    #[arg(long, env = "ASYNCWARDEN_GITLAB_HOOKS_FILE", value_name = "FILE")]
    gitlab_hooks_file: Option<PathBuf>,
    #[arg(long, env = "ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN", hide_env_values = true, hide = true)]
    gitlab_webhook_token: Option<SecretString>,
    #[arg(long, env = "ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN_FILE", hide = true)]
    gitlab_webhook_token_file: Option<PathBuf>,
    #[arg(long, env = "ASYNCWARDEN_GITLAB_SIGNING_TOKEN", hide_env_values = true, hide = true)]
    gitlab_signing_token: Option<SecretString>,
    #[arg(long, env = "ASYNCWARDEN_GITLAB_SIGNING_TOKEN_FILE", hide = true)]
    gitlab_signing_token_file: Option<PathBuf>,
    /// PEM file with certificates of authorities that are trusted beside the system's own.
    #[arg(long, env = "ASYNCWARDEN_CA_FILE", value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// The service's settings file.
    #[arg(long, env = "ASYNCWARDEN_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

impl GivenSettings {
    pub(super) fn arguments(&self) -> Arguments {
        Arguments {
            config: self.config.clone(),
            public_url: self.public_url.clone(),
            gitlab_url: self.gitlab_url.clone(),
            gitlab_token: self.gitlab_token.clone(),
            gitlab_token_file: self.gitlab_token_file.clone(),
            gitlab_webhook_token: self.gitlab_webhook_token.clone(),
            gitlab_webhook_token_file: self.gitlab_webhook_token_file.clone(),
            gitlab_signing_token: self.gitlab_signing_token.clone(),
            gitlab_signing_token_file: self.gitlab_signing_token_file.clone(),
            gitlab_hooks_file: self.gitlab_hooks_file.clone(),
            ca_file: self.ca_file.clone(),
            ..Arguments::default()
        }
    }
}
