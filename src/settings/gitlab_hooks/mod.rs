//! Secrets of GitLab's webhooks: some for all projects, some for a project or group alone.

mod file;
mod fresh;
mod watched;

pub use file::HooksFile;
pub(crate) use file::parse;
pub use fresh::{FreshSecret, SecretKind};
pub use watched::WatchedHooks;

/// The path without slashes around it; `None` when it can't be one.
fn scope(text: &str) -> Option<String> {
    let text = text.trim().trim_matches('/');
    let known = |c: char| c.is_alphanumeric() || matches!(c, '/' | '-' | '_' | '.');
    let whole = !text.is_empty() && !text.contains("//") && text.chars().all(known);
    whole.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_a_path() {
        assert_eq!(scope(" /group/sub/ ").as_deref(), Some("group/sub"));
        for wrong in ["", "/", "a//b", "a b", "https://host/group", "group*", "a\nb"] {
            assert_eq!(scope(wrong), None, "{wrong:?}");
        }
    }
}
