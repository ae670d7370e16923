//! Change requests as lists have them.

use chrono::{DateTime, Utc};

use super::forge;
use crate::forge::ForgeKind;
use crate::store::{Sees, StoreError, Transaction};

/// A change request as lists have it.
#[derive(Debug, Clone)]
pub struct Change {
    /// Its row.
    pub id: i64,
    /// Row of its repository.
    pub repository_id: i64,
    /// The platform.
    pub forge: ForgeKind,
    /// The repository's full name.
    pub repository: String,
    /// Its number in the repository.
    pub number: i64,
    /// Title.
    pub title: String,
    /// Login of its author.
    pub author: Option<String>,
    /// Where a person reads it.
    pub web_url: Option<String>,
    /// `open`, `merged` or `closed`.
    pub state: String,
    /// Not ready by its author's word.
    pub draft: bool,
    /// Who wants no reviews for now.
    pub paused_by: Option<String>,
    /// Commit at its head as last looked up.
    pub head_sha: Option<String>,
    /// Findings that are neither fixed nor settled.
    pub open_findings: i64,
    /// When it was heard of first.
    pub created_at: DateTime<Utc>,
    /// When anything about it changed last.
    pub updated_at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct ChangeRow {
    id: i64,
    repository_id: i64,
    forge: String,
    full_name: String,
    number: i64,
    title: String,
    author: Option<String>,
    web_url: Option<String>,
    state: String,
    draft: bool,
    paused_by: Option<String>,
    head_sha: Option<String>,
    open_findings: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl ChangeRow {
    fn change(self) -> Result<Change, StoreError> {
        Ok(Change {
            id: self.id,
            repository_id: self.repository_id,
            forge: forge(self.forge)?,
            repository: self.full_name,
            number: self.number,
            title: self.title,
            author: self.author,
            web_url: self.web_url,
            state: self.state,
            draft: self.draft,
            paused_by: self.paused_by,
            head_sha: self.head_sha,
            open_findings: self.open_findings,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

macro_rules! changes {
    ($which:expr) => {
        concat!(
            "SELECT c.id, c.repository_id, r.forge, r.full_name, c.number, c.title, c.author, c.web_url, c.state, c.draft,
                c.paused_by, c.head_sha, c.created_at, c.updated_at,
                (SELECT count(*) FROM findings f WHERE f.change_request_id = c.id AND f.state = 'open') AS open_findings
            FROM change_requests c JOIN repositories r ON r.id = c.repository_id ",
            $which
        )
    };
}

const OF_REPOSITORY: &str = changes!(
    "WHERE c.repository_id = $1 AND c.number < $2 AND (CAST($3 AS TEXT) IS NULL OR c.state = $3)
    ORDER BY c.number DESC LIMIT $4"
);
const BY_ID: &str = changes!(concat!("WHERE c.id = $1 AND ", visible!("c.repository_id", "$2")));

/// At most `limit` change requests of a repository with a number below the given one, the highest first; of one state alone,
/// if that is given.
pub async fn changes_of(
    tx: &mut Transaction,
    repository_id: i64,
    state: Option<&str>,
    below: i64,
    limit: i64,
) -> Result<Vec<Change>, StoreError> {
    both!(tx, |c| sqlx::query_as::<_, ChangeRow>(OF_REPOSITORY)
        .bind(repository_id)
        .bind(below)
        .bind(state)
        .bind(limit)
        .fetch_all(c)
        .await)?
    .into_iter()
    .map(ChangeRow::change)
    .collect()
}

/// The change request of that row.
pub async fn change_by_id(
    tx: &mut Transaction,
    sees: Sees,
    id: i64,
) -> Result<Option<Change>, StoreError> {
    both!(tx, |c| sqlx::query_as::<_, ChangeRow>(BY_ID)
        .bind(id)
        .bind(sees.person())
        .fetch_optional(c)
        .await)?
    .map(ChangeRow::change)
    .transpose()
}
