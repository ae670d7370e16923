//! What a person asks for on the page.

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use crate::forge::github::app::{Creation, Extent, NewApp, app_name};
use crate::settings::{Settings, base_url};

/// The form's fields as they were sent. A box that is not ticked is not there.
#[derive(Deserialize)]
pub(super) struct Asked {
    pub(super) github: String,
    #[serde(default)]
    pub(super) organization: String,
    #[serde(default)]
    pub(super) name: String,
    pub(super) public_url: String,
    pub(super) resolve_threads: Option<String>,
    pub(super) merge_queue: Option<String>,
    #[serde(default)]
    pub(super) token: SecretString,
}

impl Asked {
    /// What stands in the form before anybody writes something.
    pub(super) fn usual(settings: &Settings) -> Self {
        Self {
            github: "https://github.com".to_owned(),
            organization: String::new(),
            name: String::new(),
            public_url: settings.public_url.clone().unwrap_or_default(),
            resolve_threads: None,
            merge_queue: Some("yes".to_owned()),
            token: SecretString::default(),
        }
    }

    /// Begins the App that is asked for. `origin` is where the browser knows the service, if that is not where GitHub does.
    ///
    /// # Errors
    /// What is wrong with it, for the person.
    pub(super) fn checked(
        &self,
        origin: Option<&str>,
        settings: &Settings,
        now: DateTime<Utc>,
    ) -> Result<Creation, String> {
        let url = |what, text| base_url(what, text).map_err(|error| format!("{error}."));
        let web: Url = url("The address of GitHub", &self.github)?;
        let public_url = url("The address of this service", &self.public_url)?;
        let name = match self.name.trim() {
            "" => None,
            name => Some(app_name(name).map_err(|problem| format!("The name: {problem}."))?),
        };
        let organization = self.organization.trim();
        let origin = origin.unwrap_or(public_url.as_str()).trim_end_matches('/');
        let app = NewApp {
            redirect_url: format!("{origin}/setup/github/created"),
            public_url,
            name: name.map(str::to_owned),
            public: false,
            extent: Extent {
                resolve_threads: self.resolve_threads.is_some(),
                merge_queue: self.merge_queue.is_some(),
            },
        };
        let organization = (!organization.is_empty()).then(|| organization.to_owned());
        Ok(Creation::begin(web, organization, app, settings.authorities.clone(), now))
    }
}
