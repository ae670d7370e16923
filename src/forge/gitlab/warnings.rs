//! What is wrong with the access token, or soon will be.

use chrono::{DateTime, NaiveDate, Utc};

use super::wire::TokenWire;
use super::{Call, GitLab, parse};
use crate::forge::ForgeError;
use crate::forge::call::Repeatable;

/// So many days before a token expires it is said every day.
const AHEAD: i64 = 30;

impl GitLab {
    /// Sentences for the log. Nothing is known of tokens of OAuth.
    ///
    /// Source: GitLab REST API, "Personal access tokens", "Using the self-endpoint".
    pub(super) async fn token_warnings(
        &self,
        now: DateTime<Utc>,
    ) -> Result<Vec<String>, ForgeError> {
        let call = Call::get(self.transport.url("/personal_access_tokens/self"));
        match self.call("read own token", Repeatable::Yes, &call).await {
            Ok(answer) => Ok(warnings(&parse("read own token", &answer)?, now.date_naive())),
            Err(ForgeError::Status { status: 400 | 403 | 404, .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

pub(super) fn warnings(token: &TokenWire, today: NaiveDate) -> Vec<String> {
    let mut found = Vec::new();
    if token.lacks_api() {
        let scopes = token.scopes.join(", ");
        found.push(format!(
            "GitLab's access token has the scopes {scopes}; without api nothing can be posted"
        ));
    }
    let Some(day) = token.expires_at else { return found };
    let left = (day - today).num_days();
    if left <= AHEAD {
        found.push(format!(
            "GitLab's access token expires on {day}, in {left} days; put a new one into its place before"
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_end_is_told_ahead() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day");
        let says = |token: serde_json::Value| {
            let token: TokenWire = serde_json::from_value(token).expect("a token");
            warnings(&token, today)
        };
        let api = ["api"];
        assert!(says(json!({ "scopes": api, "expires_at": null })).is_empty());
        assert!(says(json!({ "scopes": api, "expires_at": "2026-04-01" })).is_empty());
        assert!(says(json!({})).is_empty());
        let soon = says(json!({ "scopes": api, "expires_at": "2026-03-31" }));
        assert!(soon[0].contains("2026-03-31, in 30 days"), "{soon:?}");
        let reader = says(json!({ "scopes": ["read_api", "read_user"] }));
        assert!(reader[0].contains("read_api, read_user"), "{reader:?}");
    }
}
