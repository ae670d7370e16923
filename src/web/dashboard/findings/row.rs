//! A finding as a line of the page.

use chrono::{DateTime, Utc};

use super::super::is_web;
use super::super::repository_href;
use super::super::time::When;
use crate::analysis::{Severity, rule_by_code};
use crate::store::findings::How;
use crate::store::trends::{FindingState, Listed};

pub(super) struct Row {
    pub(super) severity: Severity,
    pub(super) rule: String,
    pub(super) name: String,
    /// Whether the rule has a page.
    pub(super) explained: bool,
    pub(super) message: String,
    pub(super) path: String,
    pub(super) line: i64,
    pub(super) code_href: Option<String>,
    pub(super) platform: &'static str,
    pub(super) repository: String,
    pub(super) repository_href: String,
    pub(super) sign: char,
    pub(super) number: i64,
    pub(super) title: String,
    pub(super) review_key: String,
    /// What became of its comment, and where to read it.
    pub(super) comment: Option<Comment>,
    pub(super) state: FindingState,
    /// How it came to its state.
    pub(super) course: Option<String>,
    pub(super) note: Option<String>,
    pub(super) closed: Option<When>,
    pub(super) seen: When,
}

pub(super) struct Comment {
    pub(super) text: &'static str,
    pub(super) href: Option<String>,
}

impl Row {
    pub(super) fn new(finding: Listed, now: DateTime<Utc>) -> Self {
        let course = course(&finding);
        let web_url = finding.web_url.filter(|url| is_web(url));
        let code = |url: &String| {
            finding.forge.line_url(url, &finding.head_sha, &finding.path, finding.line)
        };
        let comment = finding.thread_id.is_some().then(|| Comment {
            text: if finding.thread_resolved { "comment resolved" } else { "commented" },
            href: web_url.clone(),
        });
        Self {
            severity: finding.severity,
            explained: rule_by_code(&finding.rule).is_some(),
            code_href: web_url.as_ref().and_then(code),
            platform: finding.forge.title(),
            repository_href: repository_href(finding.forge, &finding.repository),
            sign: finding.forge.number_sign(),
            seen: When::new(finding.first_seen_at, now),
            closed: finding.closed_at.map(|at| When::new(at, now)),
            rule: finding.rule,
            name: finding.name,
            message: finding.message,
            path: finding.path,
            line: finding.line,
            repository: finding.repository,
            number: finding.number,
            title: finding.title,
            review_key: finding.review_key,
            comment,
            state: finding.state,
            course,
            note: finding.settled.note,
        }
    }
}

/// How a finding came to its state, where more is known than the state says.
fn course(finding: &Listed) -> Option<String> {
    match finding.state {
        FindingState::Open | FindingState::Fixed => None,
        FindingState::Left if finding.merged => Some("when it was merged".to_owned()),
        FindingState::Left => Some("when it was closed".to_owned()),
        FindingState::Settled => {
            let by = finding.settled.by.as_ref().map(|by| format!("by {by}"));
            let how = finding.settled.how.map(|how| match how {
                How::Thread => "by resolving its thread",
                How::Command => "by a command",
            });
            let parts: Vec<_> = by.as_deref().into_iter().chain(how).collect();
            (!parts.is_empty()).then(|| parts.join(", "))
        }
    }
}
