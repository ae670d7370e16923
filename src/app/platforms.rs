//! Who is spoken to: the platforms, and those who vouch for people.

use std::sync::Arc;

use crate::forge::Forge;
use crate::forge::github::{GitHub, GitHubConfig, GitHubIdentity, KEPT_ANSWERS};
use crate::forge::gitlab::{GitLab, GitLabConfig, GitLabIdentity};
use crate::forge::identity::IdentityProvider;
use crate::forge::identity::oidc::OidcIdentity;
use crate::forge::ledger::Ledger;
use crate::jobs::{Platform, Platforms};
use crate::review::Marker;
use crate::settings::Settings;

/// The platforms that the settings name; what all processes know of their accounts is in the ledger, if there is one.
pub(crate) fn platforms(
    settings: &Settings,
    ledger: Option<Arc<dyn Ledger>>,
) -> anyhow::Result<Platforms> {
    let mut platforms = Platforms::default();
    if let Some(github) = &settings.github {
        let config = GitHubConfig {
            waits: settings.timings.calls,
            ledger: ledger.clone(),
            authorities: settings.authorities.clone(),
            kept_answers: KEPT_ANSWERS.min(settings.context.memory / 8),
            ..GitHubConfig::new(
                github.api_url.as_str(),
                github.app_id.to_string(),
                github.private_key.clone(),
            )
        };
        let forge: Arc<dyn Forge> = Arc::new(GitHub::new(&config)?);
        platforms.insert(Platform { forge, marker: Marker::new(github.marker_keys()) });
    }
    if let Some(gitlab) = &settings.gitlab {
        let public_url = settings.public_url.as_ref();
        let config = GitLabConfig {
            waits: settings.timings.calls,
            ledger,
            authorities: settings.authorities.clone(),
            token_file: gitlab.token_file.clone(),
            webhook_url: public_url.map(|url| format!("{url}/webhooks/gitlab")),
            ..GitLabConfig::new(gitlab.url.as_str(), gitlab.token.clone())
        };
        let forge: Arc<dyn Forge> = Arc::new(GitLab::new(&config)?);
        platforms.insert(Platform { forge, marker: Marker::new(gitlab.marker_keys()) });
    }
    Ok(platforms)
}

/// Who vouches for people.
pub(crate) fn identities(
    settings: &Settings,
    platforms: &Platforms,
) -> anyhow::Result<Vec<Arc<dyn IdentityProvider>>> {
    let (sign_in, authorities) = (&settings.sign_in, &settings.authorities);
    let mut providers: Vec<Arc<dyn IdentityProvider>> = Vec::new();
    if let (Some(client), Some(github)) = (&sign_in.github, &settings.github) {
        let provider = GitHubIdentity::new(&github.api_url, client.clone(), authorities)?;
        providers.push(Arc::new(provider));
    }
    if let (Some(client), Some(gitlab)) = (&sign_in.gitlab, &settings.gitlab) {
        let provider = GitLabIdentity::new(&gitlab.url, client.clone(), authorities)?;
        providers.push(Arc::new(provider));
    }
    if let Some(oidc) = &sign_in.oidc {
        let platform = oidc.platform.and_then(|forge| platforms.get(forge));
        let provider = OidcIdentity::new(
            &oidc.issuer,
            oidc.client.clone(),
            oidc.login_claim.clone(),
            platform.map(|platform| platform.forge.clone()),
            authorities,
        )?;
        providers.push(Arc::new(provider));
    }
    Ok(providers)
}
