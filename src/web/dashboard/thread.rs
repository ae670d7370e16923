//! A comment of ours on the platform: what became of it, and where to read it.

use super::is_web;
use super::time::When;
use crate::forge::ForgeKind;
use crate::store::trends::Thread;
use chrono::{DateTime, Utc};

/// What is said of a comment beside its finding.
pub(super) struct CommentTag {
    pub(super) text: String,
    pub(super) href: Option<String>,
    pub(super) posted: When,
}

/// Who settled a finding, and how.
#[derive(Clone, Copy)]
pub(super) struct SettledBy<'a> {
    pub(super) by: Option<&'a str>,
    pub(super) how: Option<&'a str>,
}

impl CommentTag {
    /// The tag of a thread, on a change request that is read at `web_url`.
    pub(super) fn new(
        thread: &Thread,
        forge: ForgeKind,
        web_url: Option<&str>,
        settled: SettledBy<'_>,
        now: DateTime<Utc>,
    ) -> Self {
        let text = match (settled.how, settled.by) {
            (Some("thread"), Some(by)) => format!("comment resolved by {by}"),
            (Some("thread"), None) => "comment resolved by somebody".to_owned(),
            _ if thread.resolved_at.is_some() => "comment resolved by asyncwarden".to_owned(),
            _ => "comment open".to_owned(),
        };
        let page = web_url.filter(|url| is_web(url));
        let comment = |page: &str| {
            let at = thread.comment_id.as_deref().and_then(|id| forge.comment_url(page, id));
            at.unwrap_or_else(|| page.to_owned())
        };
        Self { text, href: page.map(comment), posted: When::new(thread.posted_at, now) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_resolved_a_comment_is_said() {
        let now = Utc::now();
        let forge = ForgeKind::ALL[1];
        let tag = |comment_id: Option<&str>, resolved: bool, how, by, url| {
            let resolved_at = resolved.then_some(now);
            let thread =
                Thread { comment_id: comment_id.map(str::to_owned), posted_at: now, resolved_at };
            let tag = CommentTag::new(&thread, forge, url, SettledBy { by, how }, now);
            (tag.text, tag.href)
        };
        let page = Some("https://forge.example/3");
        let at = |end: &str| Some(format!("https://forge.example/3{end}"));
        for (found, text, href) in [
            (tag(Some("7"), false, None, None, page), "comment open", at("#note_7")),
            (tag(None, true, None, None, page), "comment resolved by asyncwarden", at("")),
            (
                tag(None, false, Some("thread"), Some("ada"), page),
                "comment resolved by ada",
                at(""),
            ),
            (tag(None, true, Some("thread"), None, None), "comment resolved by somebody", None),
            (tag(None, false, Some("command"), Some("ada"), page), "comment open", at("")),
            (tag(Some("7"), false, None, None, Some("javascript:x")), "comment open", None),
        ] {
            assert_eq!(found, (text.to_owned(), href));
        }
    }
}
