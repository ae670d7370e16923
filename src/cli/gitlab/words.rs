//! What GitLab's refusals mean, and what to do then.

use anyhow::anyhow;

use crate::forge::ForgeError;
use crate::forge::gitlab::hooks::{Hook, Place, PlaceKind};

/// Why webhooks can't be read or set.
pub(super) fn hooks_refused(error: ForgeError, place: &Place, url: &str) -> anyhow::Error {
    let path = &place.full_path;
    match (&error, place.kind) {
        (ForgeError::Status { message, .. }, _) if message.contains("insufficient_scope") => {
            anyhow!("the token may not set webhooks: it needs the scope api")
        }
        (ForgeError::Status { status: 403 | 404, .. }, PlaceKind::Group) => anyhow!(
            "GitLab has no webhooks of the group {path} for this token's user: they need GitLab Premium and the role Owner; \
             --each-project sets one in every project of the group instead"
        ),
        (ForgeError::Status { status: 403 | 404, .. }, PlaceKind::Project) => anyhow!(
            "only Maintainers may set webhooks of {path}, and this token's user is none there: give the token of one in \
             ASYNCWARDEN_GITLAB_TOKEN for this command alone; the service itself needs no such token"
        ),
        (ForgeError::Status { status: 422, message, .. }, _) => anyhow!(
            "GitLab does not take the address {url}: {message} (for one in a local network, an administrator allows it \
             under Settings, Network, Outbound requests)"
        ),
        _ => anyhow::Error::new(error).context(format!("webhooks of {path}")),
    }
}

/// Why external status checks can't be read or set.
pub(super) fn checks_refused(error: ForgeError, place: &Place) -> anyhow::Error {
    let path = &place.full_path;
    match &error {
        ForgeError::Status { status: 403 | 404, .. } => anyhow!(
            "GitLab has no external status checks of {path} for this token's user: they need GitLab Ultimate and the role \
             Maintainer; without --status-check the commit status is the gate"
        ),
        _ => anyhow::Error::new(error).context(format!("external status checks of {path}")),
    }
}

/// How a test call ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tested {
    /// All is well, or it can't be known yet.
    Fine(String),
    /// Calls don't arrive, or are refused.
    Broken(String),
}

/// What a test call shows.
pub(super) fn tested(answer: Result<(), ForgeError>, place: &Place, url: &str) -> Tested {
    let error = match answer {
        Ok(()) => return Tested::Fine("a test call arrived and was accepted".to_owned()),
        Err(error) => error,
    };
    let (status, message) = match &error {
        ForgeError::Status { status, message, .. } => (*status, message.as_str()),
        ForgeError::RateLimited { .. } => {
            let text = "not tested: GitLab takes five tests in a minute; try again after it";
            return Tested::Fine(text.to_owned());
        }
        _ => return Tested::Broken(format!("the test could not be asked for: {error}")),
    };
    let lower = message.to_lowercase();
    match status {
        404 => Tested::Fine("not tested: this GitLab can't test webhooks by its API".to_owned()),
        _ if lower.contains("has merge requests") || lower.contains("testing not available") => {
            let of = match place.kind {
                PlaceKind::Project => "the project",
                PlaceKind::Group => "a project of the group",
            };
            Tested::Fine(format!("not tested: {of} needs a merge request first"))
        }
        _ if lower.contains("not authenticated") => Tested::Broken(format!(
            "the service at {url} refused the test call ({}): it does not know this secret, so give it the same settings, \
             and restart it",
            message.trim()
        )),
        _ if lower.contains("is blocked") || lower.contains("local network") => {
            Tested::Broken(format!(
                "GitLab does not call {url}: {message}; an administrator allows local addresses under Settings, Network, \
                 Outbound requests"
            ))
        }
        _ => Tested::Broken(format!(
            "GitLab could not deliver a test call to {url}: {}",
            if message.trim().is_empty() { "no reason was given" } else { message.trim() }
        )),
    }
}

/// That GitLab switched a hook off after failures, if it did.
pub(super) fn switched_off(hook: &Hook) -> Option<String> {
    let ways = "a test call that is accepted switches it on again";
    match hook.alert_status.as_deref() {
        Some("disabled") => Some(format!("GitLab switched it off after 40 failed calls; {ways}")),
        Some("temporarily_disabled") => {
            let until = hook.disabled_until.map(|until| format!(" until {}", until.to_rfc3339()));
            let until = until.unwrap_or_default();
            Some(format!("GitLab switched it off{until} after failed calls; {ways}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::ForgeKind;

    #[test]
    fn a_test_call_s_end_is_said_in_words() {
        let place = Place {
            kind: PlaceKind::Project,
            id: 1,
            full_path: "g/p".to_owned(),
            default_branch: None,
        };
        for (status, message, fine, part) in [
            (422, "Ensure the project has merge requests.", true, "needs a merge request first"),
            (422, "not authenticated: no valid webhook-signature\n", false, "restart it"),
            (422, "URL is blocked: Requests to localhost are not allowed", false, "administrator"),
            (422, "Failed to open TCP connection to bot.example:443", false, "Failed to open TCP"),
            (422, "", false, "no reason was given"),
            (404, "404 Not Found", true, "can't test webhooks"),
        ] {
            let error = ForgeError::Status {
                forge: ForgeKind::GitLab,
                operation: "test webhook",
                status,
                message: message.to_owned(),
            };
            let (is_fine, text) = match tested(Err(error), &place, "https://bot.example") {
                Tested::Fine(text) => (true, text),
                Tested::Broken(text) => (false, text),
            };
            assert_eq!(is_fine, fine, "{text}");
            assert!(text.contains(part), "{text}");
        }
    }
}
