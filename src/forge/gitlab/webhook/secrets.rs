//! Secrets of webhooks: some for all projects, some for a project or group alone.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;

use crate::forge::webhook::is_below;

/// Secrets that webhook calls are made with, and the projects whose calls may be.
#[derive(Debug, Clone, Default)]
pub struct HookSecrets {
    /// Full path of a project, or of a group with all below it; `None`: all projects.
    pub scope: Option<String>,
    /// What a hook sends in clear text, and what signs for external status checks; newest first.
    pub tokens: Vec<SecretString>,
    /// `whsec_…`: signs calls; newest first.
    pub signing_tokens: Vec<SecretString>,
    /// Secrets of either kind that no call is made with any more. What was written while they counted is known by them.
    pub former: Vec<SecretString>,
}

impl HookSecrets {
    /// For the calls of all projects.
    pub fn for_all(tokens: Vec<SecretString>, signing_tokens: Vec<SecretString>) -> Self {
        Self { tokens, signing_tokens, ..Self::default() }
    }

    /// Whether the project or group of this path is one of them. GitLab's paths don't mind letters' case.
    pub fn covers(&self, path: &str) -> bool {
        self.scope.as_ref().is_none_or(|scope| is_below(path, scope))
    }

    /// Whether it is for exactly this path.
    pub fn is_for(&self, path: &str) -> bool {
        self.scope.as_ref().is_some_and(|scope| scope.eq_ignore_ascii_case(path))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty() && self.signing_tokens.is_empty()
    }
}

/// Where the secrets are, which may change while the service runs.
#[async_trait]
pub trait SecretSource: Send + Sync {
    /// All that count now.
    fn current(&self) -> Arc<[HookSecrets]>;

    /// Looks whether they have changed.
    async fn refresh(&self);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_covers_itself_and_what_is_below_it() {
        for (scope, path, covers) in [
            (None, "any/thing", true),
            (Some("group"), "group", true),
            (Some("group"), "group/project", true),
            (Some("group"), "GROUP/sub/project", true),
            (Some("group/sub"), "group/sub/project", true),
            (Some("group/sub"), "group", false),
            (Some("group/sub"), "group/subs", false),
            (Some("group/project"), "group/project-2", false),
            (Some("group"), "other/group", false),
            (Some("group"), "", false),
        ] {
            let secrets = HookSecrets { scope: scope.map(str::to_owned), ..HookSecrets::default() };
            assert_eq!(secrets.covers(path), covers, "{scope:?} {path}");
        }
    }
}
