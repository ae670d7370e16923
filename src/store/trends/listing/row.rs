//! A finding as the list has it.

use chrono::{DateTime, Utc};

use super::{Cursor, FindingState};
use crate::analysis::Severity;
use crate::forge::ForgeKind;
use crate::store::StoreError;
use crate::store::findings::How;
use crate::store::trends::{forge, severity};

/// A finding as the list has it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Its place in the list.
    pub cursor: Cursor,
    /// Row of the repository.
    pub repository_id: i64,
    /// Row of the change request.
    pub change_request_id: i64,
    /// The platform.
    pub forge: ForgeKind,
    /// The repository's full name.
    pub repository: String,
    /// The change request's number.
    pub number: i64,
    /// The change request's title.
    pub title: String,
    /// Where a person reads the change request.
    pub web_url: Option<String>,
    /// Whether the change request was merged.
    pub merged: bool,
    /// The last review that saw it, by its name in addresses.
    pub review_key: String,
    /// That review's commit.
    pub head_sha: String,
    /// The rule's code.
    pub rule: String,
    /// The rule's name.
    pub name: String,
    /// The checklist item that it serves.
    pub item: Option<String>,
    /// How bad.
    pub severity: Severity,
    /// How sure, as serde writes it.
    pub confidence: String,
    /// What is wrong, in Markdown.
    pub message: String,
    /// Path of the file.
    pub path: String,
    /// 1-based first line.
    pub line: i64,
    /// 1-based last line.
    pub end_line: i64,
    /// What became of it.
    pub state: FindingState,
    /// When it was seen first.
    pub first_seen_at: DateTime<Utc>,
    /// When it was fixed or settled.
    pub closed_at: Option<DateTime<Utc>>,
    /// Who settled it, and how.
    pub settled: Settled,
    /// The platform's name of its thread, where it has one.
    pub thread_id: Option<String>,
    /// Whether we resolved that thread, or saw it resolved.
    pub thread_resolved: bool,
}

/// What is known of who said that a finding stays; nothing of findings that nobody settled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settled {
    /// Login of the person, if the platform says it.
    pub by: Option<String>,
    /// How they said it.
    pub how: Option<How>,
    /// Why, if they said so.
    pub note: Option<String>,
}

#[derive(sqlx::FromRow)]
pub(super) struct ListedRow {
    review_id: i64,
    id: i64,
    rule: String,
    name: String,
    item: Option<String>,
    severity: String,
    confidence: String,
    message: String,
    path: String,
    line: i64,
    end_line: i64,
    state: String,
    first_seen_at: DateTime<Utc>,
    closed_at: Option<DateTime<Utc>>,
    closed_by: Option<String>,
    closed_reason: Option<String>,
    closed_note: Option<String>,
    change_request_id: i64,
    repository_id: i64,
    forge: String,
    full_name: String,
    number: i64,
    title: String,
    web_url: Option<String>,
    request_state: String,
    review_key: String,
    head_sha: String,
    thread_id: Option<String>,
    thread_resolved_at: Option<DateTime<Utc>>,
}

impl ListedRow {
    pub(super) fn listed(self) -> Result<Listed, StoreError> {
        let how = match self.closed_reason.as_deref() {
            Some("thread") => Some(How::Thread),
            Some("command") => Some(How::Command),
            _ => None,
        };
        Ok(Listed {
            cursor: Cursor { review_id: self.review_id, id: self.id },
            repository_id: self.repository_id,
            change_request_id: self.change_request_id,
            forge: forge(self.forge)?,
            repository: self.full_name,
            number: self.number,
            title: self.title,
            web_url: self.web_url,
            merged: self.request_state == "merged",
            review_key: self.review_key,
            head_sha: self.head_sha,
            rule: self.rule,
            name: self.name,
            item: self.item,
            severity: severity(self.severity)?,
            confidence: self.confidence,
            message: self.message,
            path: self.path,
            line: self.line,
            end_line: self.end_line,
            state: match self.state.as_str() {
                "fixed" => FindingState::Fixed,
                "settled" => FindingState::Settled,
                _ if self.request_state == "open" => FindingState::Open,
                _ => FindingState::Left,
            },
            first_seen_at: self.first_seen_at,
            closed_at: self.closed_at,
            settled: Settled { by: self.closed_by, how, note: self.closed_note },
            thread_id: self.thread_id,
            thread_resolved: self.thread_resolved_at.is_some(),
        })
    }
}
