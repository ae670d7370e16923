//! Who we are there.

use super::http::Call;
use super::wire::{AppWire, CommentWire, UserWire};
use super::{GitHub, parse};
use crate::forge::ForgeError;
use crate::forge::call::Repeatable;

/// Who we are there.
pub(super) struct Identity {
    pub(super) app_id: Option<i64>,
    /// `None` where GitHub doesn't tell it: every bot may be us then, and our signed markers decide.
    pub(super) slug: Option<String>,
}

impl Identity {
    /// Whether a comment is by our bot. A person who acts through the App is still a person.
    pub(super) fn wrote(&self, comment: &CommentWire) -> bool {
        let app = comment.performed_via_github_app.as_ref().map(|app| app.id);
        match &comment.user {
            Some(user) => self.is(user),
            None => app.is_some() && app == self.app_id,
        }
    }

    /// Whether an account is our bot's: `slug[bot]`. A person can be called `slug`.
    pub(super) fn is(&self, user: &UserWire) -> bool {
        let login = user.login.as_deref().unwrap_or_default();
        let bot = user.kind.as_deref() == Some("Bot");
        let slug = login.strip_suffix("[bot]").or(bot.then_some(login));
        match (&self.slug, slug) {
            (Some(own), Some(slug)) => slug.eq_ignore_ascii_case(own),
            (None, Some(_)) => true,
            (_, None) => false,
        }
    }
}

impl GitHub {
    /// Who we are, asked once.
    pub(super) async fn identity(&self) -> Result<&Identity, ForgeError> {
        self.identity.get_or_try_init(|| self.ask_identity()).await
    }

    async fn ask_identity(&self) -> Result<Identity, ForgeError> {
        let call = Call::get(self.transport.url("/app"));
        match self.app_call("read the App", Repeatable::Yes, call).await {
            Ok(answer) => {
                let app: AppWire = parse("read the App", &answer)?;
                Ok(Identity { app_id: Some(app.id), slug: app.slug })
            }
            Err(ForgeError::Status { status: 404, .. }) => {
                Ok(Identity { app_id: None, slug: None })
            }
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_our_bot_is_us() {
        let me = Identity { app_id: Some(7), slug: Some("asyncwarden".to_owned()) };
        for (fields, ours) in [
            (json!({"user": {"login": "asyncwarden[bot]", "type": "Bot"}}), true),
            (json!({"user": {"login": "AsyncWarden[bot]"}}), true),
            (json!({"user": {"login": "asyncwarden", "type": "User"}}), false),
            (json!({"user": {"login": "other[bot]", "type": "Bot"}}), false),
            (json!({"user": {"login": "ann"}, "performed_via_github_app": {"id": 7}}), false),
            (json!({"user": null, "performed_via_github_app": {"id": 7}}), true),
            (json!({"user": null, "performed_via_github_app": {"id": 8}}), false),
            (json!({"user": null}), false),
        ] {
            let mut comment = fields.clone();
            comment["id"] = json!(1);
            let comment = serde_json::from_value(comment).expect("a comment");
            assert_eq!(me.wrote(&comment), ours, "{fields}");
        }
        let unknown = Identity { app_id: None, slug: None };
        let user = |login: &str| UserWire { login: Some(login.to_owned()), kind: None };
        assert!(unknown.is(&user("any[bot]")) && !unknown.is(&user("ann")));
    }
}
