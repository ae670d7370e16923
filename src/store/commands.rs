//! What people told the service in comments, and what holds since.

use chrono::{DateTime, Utc};

use super::{StoreError, Transaction};
use crate::forge::webhook::Given;
use crate::forge::{CommentRef, Person};

/// A command that waits to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its row.
    pub id: i64,
    /// The command.
    pub given: Given,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It was done.
    Obeyed,
    /// Its author may not say so.
    Refused,
    /// It was not understood.
    Misunderstood,
}

impl End {
    fn as_str(self) -> &'static str {
        match self {
            End::Obeyed => "obeyed",
            End::Refused => "refused",
            End::Misunderstood => "misunderstood",
        }
    }
}

const GIVE: &str =
    "INSERT INTO commands (change_request_id, comment_id, thread_id, is_comment, author, author_id, text, given_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (change_request_id, comment_id) DO NOTHING";

/// Keeps a command. One that is there already stays as it is: no comment is obeyed twice.
pub async fn give(
    tx: &mut Transaction,
    change_request_id: i64,
    given: &Given,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(GIVE)
        .bind(change_request_id)
        .bind(&given.comment.id)
        .bind(&given.comment.thread)
        .bind(given.is_comment)
        .bind(&given.by.login)
        .bind(given.by.id)
        .bind(given.text.replace('\0', "\u{fffd}"))
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct CommandRow {
    id: i64,
    comment_id: String,
    thread_id: Option<String>,
    is_comment: bool,
    author: String,
    author_id: i64,
    text: String,
}

const WAITING: &str =
    "SELECT id, comment_id, thread_id, is_comment, author, author_id, text FROM commands
    WHERE change_request_id = $1 AND state = 'given' ORDER BY id LIMIT 20";

/// The commands that wait, the first one first.
pub async fn waiting(
    tx: &mut Transaction,
    change_request_id: i64,
) -> Result<Vec<Waiting>, StoreError> {
    let rows = both!(tx, |c| sqlx::query_as::<_, CommandRow>(WAITING)
        .bind(change_request_id)
        .fetch_all(c)
        .await)?;
    let command = |row: CommandRow| Waiting {
        id: row.id,
        given: Given {
            by: Person { id: row.author_id, login: row.author },
            comment: CommentRef { id: row.comment_id, thread: row.thread_id },
            is_comment: row.is_comment,
            text: row.text,
        },
    };
    Ok(rows.into_iter().map(command).collect())
}

const END: &str = "UPDATE commands SET state = $2, ended_at = $3 WHERE id = $1";

/// Notes that a command was looked at.
pub async fn end(
    tx: &mut Transaction,
    id: i64,
    end: End,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(END)
        .bind(id)
        .bind(end.as_str())
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

const MISUNDERSTOOD: &str = "SELECT EXISTS (SELECT 1 FROM commands
    WHERE change_request_id = $1 AND state = 'misunderstood' AND id < $2)";

/// Whether a command before this one was not understood, so that help was given already.
pub async fn was_helped(
    tx: &mut Transaction,
    change_request_id: i64,
    id: i64,
) -> Result<bool, StoreError> {
    Ok(both!(tx, |c| sqlx::query_scalar(MISUNDERSTOOD)
        .bind(change_request_id)
        .bind(id)
        .fetch_one(c)
        .await)?)
}

const IGNORE: &str =
    "INSERT INTO ignored_rules (change_request_id, rule, author, reason, ignored_at)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (change_request_id, rule) DO NOTHING";

/// Notes that somebody keeps the findings of a rule, those to come as well.
pub async fn ignore(
    tx: &mut Transaction,
    change_request_id: i64,
    rule: &str,
    by: &str,
    reason: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(IGNORE)
        .bind(change_request_id)
        .bind(rule)
        .bind(by)
        .bind(reason.map(|reason| reason.replace('\0', "\u{fffd}")))
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

const PAUSE: &str = "UPDATE change_requests SET paused_at = $2, paused_by = $3 WHERE id = $1";

/// Notes who wants no more reviews of a change request; `None`: they go on.
pub async fn pause(
    tx: &mut Transaction,
    change_request_id: i64,
    by: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(PAUSE)
        .bind(change_request_id)
        .bind(by.map(|_| now))
        .bind(by)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

const PAUSED: &str = "SELECT paused_by FROM change_requests WHERE id = $1";

/// Who wants no more reviews of a change request, if anybody does.
pub async fn paused_by(
    tx: &mut Transaction,
    change_request_id: i64,
) -> Result<Option<String>, StoreError> {
    Ok(both!(tx, |c| sqlx::query_scalar(PAUSED).bind(change_request_id).fetch_one(c).await)?)
}
