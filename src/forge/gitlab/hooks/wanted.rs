//! How a webhook has to be, and whether it is.

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use url::Url;

use super::{Hook, Place, PlaceKind};

/// What we hear of.
const WANTED: [&str; 4] =
    ["merge_requests_events", "note_events", "pipeline_events", "push_events"];
/// What we would only throw away.
const UNWANTED: [&str; 9] = [
    "confidential_issues_events",
    "confidential_note_events",
    "deployment_events",
    "emoji_events",
    "issues_events",
    "job_events",
    "releases_events",
    "tag_push_events",
    "wiki_page_events",
];

/// What a webhook's calls are made with.
#[derive(Debug, Clone, Copy)]
pub enum HookSecret<'a> {
    /// Sent along in clear text.
    Token(&'a SecretString),
    /// Signs them.
    Signing(&'a SecretString),
}

/// How a webhook has to be.
#[derive(Debug, Clone, Copy)]
pub struct WantedHook<'a> {
    /// What it calls.
    pub url: &'a Url,
    /// What its calls are made with.
    pub secret: HookSecret<'a>,
    /// Whether GitLab looks at our certificate.
    pub verify_tls: bool,
}

impl WantedHook<'_> {
    pub(super) fn is_signed(&self) -> bool {
        matches!(self.secret, HookSecret::Signing(_))
    }

    /// All that is set.
    pub(super) fn body(&self, place: &Place) -> Value {
        let mut body = self.shown(place);
        body["url"] = json!(self.url.as_str());
        let (name, secret) = match self.secret {
            HookSecret::Token(secret) => ("token", secret),
            HookSecret::Signing(secret) => ("signing_token", secret),
        };
        body[name] = json!(secret.expose_secret());
        body
    }

    /// What GitLab shows of it afterwards.
    fn shown(&self, place: &Place) -> Value {
        let mut shown = json!({
            "name": "asyncwarden",
            "description": "Reviews merge requests",
            "enable_ssl_verification": self.verify_tls,
        });
        for (names, value) in [(&WANTED[..], true), (&UNWANTED[..], false)] {
            names.iter().for_each(|name| shown[*name] = json!(value));
        }
        // Only what the default branch holds is of interest; in a group each project has one of its own.
        let (strategy, filter) = match (place.kind, &place.default_branch) {
            (PlaceKind::Project, Some(branch)) => ("wildcard", branch.as_str()),
            _ => ("all_branches", ""),
        };
        shown["branch_filter_strategy"] = json!(strategy);
        shown["push_events_branch_filter"] = json!(filter);
        shown
    }

    /// Whether a webhook stands as it has to, as far as GitLab shows it; an older one shows less.
    pub fn fits(&self, place: &Place, hook: &Hook) -> bool {
        let signed = hook.signing_token_present.unwrap_or(self.is_signed());
        let shown = self.shown(place);
        let same = |(name, value): (&String, &Value)| {
            let is = hook.rest.get(name).filter(|is| !is.is_null());
            is.is_none_or(|is| is == value)
        };
        signed == self.is_signed() && shown.as_object().is_some_and(|all| all.iter().all(same))
    }

    /// What brings a webhook back to how it was before [`WantedHook::body`] was set, its secrets apart.
    pub(super) fn body_as_before(&self, before: &Hook) -> Value {
        let names = ["name", "description", "enable_ssl_verification"].into_iter();
        let names = names.chain(WANTED).chain(UNWANTED);
        let names = names.chain(["branch_filter_strategy", "push_events_branch_filter"]);
        let known = names.filter_map(|name| {
            let value = before.rest.get(name).filter(|value| !value.is_null())?;
            Some((name.to_owned(), value.clone()))
        });
        let mut body: Value = known.collect::<serde_json::Map<_, _>>().into();
        body["url"] = json!(before.url);
        body
    }
}
