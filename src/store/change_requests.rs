//! Change requests as last looked up.

use chrono::{DateTime, Utc};

use super::repositories::RepositoryRow;
use super::{StoreError, Transaction, installations, repositories};
use crate::forge::{ChangeRequest, ForgeKind, Revision, RevisionState};

const KNOWN: &str = "SELECT id FROM change_requests WHERE repository_id = $1 AND number = $2";

// The update that changes nothing makes RETURNING give the row that is there. Setting a column of a key, even to what it
// is, would lock the row against those who only refer to it: whoever enqueues would wait for a worker that begins a review,
// and the worker for them.
const REMEMBER: &str = "INSERT INTO change_requests (repository_id, number, created_at, updated_at)
    VALUES ($1, $2, $3, $3)
    ON CONFLICT (repository_id, number) DO UPDATE SET updated_at = change_requests.updated_at RETURNING id";

/// The row of a change request, made (with its repository) when it is new.
pub async fn remember(
    tx: &mut Transaction,
    change: &ChangeRequest,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    let repository = repositories::remember(tx, &change.repository, now).await?;
    let known: Option<i64> = both!(tx, |c| sqlx::query_scalar(KNOWN)
        .bind(repository)
        .bind(change.number)
        .fetch_optional(c)
        .await)?;
    if let Some(id) = known {
        return Ok(id);
    }
    Ok(both!(tx, |c| sqlx::query_scalar(REMEMBER)
        .bind(repository)
        .bind(change.number)
        .bind(now)
        .fetch_one(c)
        .await)?)
}

const REPOSITORY_OF: &str = "SELECT repository_id FROM change_requests WHERE id = $1";

/// The row of the repository that a change request belongs to.
pub async fn repository_of(tx: &mut Transaction, id: i64) -> Result<i64, StoreError> {
    Ok(both!(tx, |c| sqlx::query_scalar(REPOSITORY_OF).bind(id).fetch_one(c).await)?)
}

const SEEN: &str =
    "UPDATE change_requests SET title = $2, author = $3, web_url = $4, state = $5, draft = $6,
    head_sha = $7, updated_at = $8 WHERE id = $1";

/// Notes what the platform says of a change request now.
pub async fn seen(
    tx: &mut Transaction,
    id: i64,
    revision: &Revision,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    repositories::remember(tx, &revision.change.repository, now).await?;
    installations::reached(tx, id, &revision.change, now).await?;
    let state = match revision.state {
        RevisionState::Open => "open",
        RevisionState::Merged => "merged",
        RevisionState::Closed => "closed",
    };
    both!(tx, |c| sqlx::query(SEEN)
        .bind(id)
        .bind(&revision.title)
        .bind(&revision.author)
        .bind(&revision.web_url)
        .bind(state)
        .bind(revision.draft)
        .bind(&revision.head_sha)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// A change request as its rows have it.
#[derive(sqlx::FromRow)]
pub(super) struct ChangeRow {
    #[sqlx(flatten)]
    repository: RepositoryRow,
    number: i64,
}

impl ChangeRow {
    pub(super) fn change(self) -> Result<ChangeRequest, StoreError> {
        Ok(ChangeRequest { repository: self.repository.repository()?, number: self.number })
    }
}

/// Change requests with what is needed to speak of them; `$which` says which.
macro_rules! changes {
    ($which:expr) => {
        concat!(
            "SELECT r.forge, r.external_id, r.full_name, i.external_id AS installation, c.number
            FROM change_requests c JOIN repositories r ON r.id = c.repository_id
            LEFT JOIN installations i ON i.id = r.installation_id ",
            $which
        )
    };
}

fn changes(rows: Vec<ChangeRow>) -> Result<Vec<ChangeRequest>, StoreError> {
    rows.into_iter().map(ChangeRow::change).collect()
}

const BY_ID: &str = changes!("WHERE c.id = $1");

/// The change request of a row.
pub async fn by_id(tx: &mut Transaction, id: i64) -> Result<ChangeRequest, StoreError> {
    both!(tx, |c| sqlx::query_as::<_, ChangeRow>(BY_ID).bind(id).fetch_one(c).await)?.change()
}

const BY_HEAD: &str = changes!(
    "WHERE r.forge = $1 AND r.external_id = $2 AND c.head_sha = $3 AND c.state = 'open' ORDER BY c.number"
);

/// The open change requests of a repository whose head is this commit, for events that name only a commit.
pub async fn by_head(
    tx: &mut Transaction,
    forge: ForgeKind,
    repository: i64,
    head_sha: &str,
) -> Result<Vec<ChangeRequest>, StoreError> {
    changes(both!(tx, |c| sqlx::query_as::<_, ChangeRow>(BY_HEAD)
        .bind(forge.as_str())
        .bind(repository)
        .bind(head_sha)
        .fetch_all(c)
        .await)?)
}

const UNSEEN: &str = changes!(
    "WHERE c.state = 'open' AND c.updated_at < $1 AND NOT EXISTS (SELECT 1 FROM jobs j
        WHERE j.change_request_id = c.id AND j.state <> 'done')
        AND r.removed_at IS NULL AND i.removed_at IS NULL AND i.suspended_at IS NULL
    ORDER BY c.updated_at LIMIT $2"
);

/// Open change requests that nobody looked at since then, the longest unseen first. Those that have a job or a dead letter
/// are left to it; those that are out of reach are not looked for.
pub async fn unseen(
    tx: &mut Transaction,
    since: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<ChangeRequest>, StoreError> {
    changes(both!(tx, |c| sqlx::query_as::<_, ChangeRow>(UNSEEN)
        .bind(since)
        .bind(limit)
        .fetch_all(c)
        .await)?)
}

const GONE: &str = "UPDATE change_requests SET state = 'closed', updated_at = $2 WHERE id = $1";

/// Notes that the platform doesn't know a change request any more.
pub async fn gone(tx: &mut Transaction, id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(GONE).bind(id).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}

const OPEN_IN: &str =
    changes!("WHERE c.repository_id = $1 AND c.state = 'open' ORDER BY c.updated_at DESC LIMIT $2");

/// The open change requests of a repository (its row), those first that were looked at last.
pub async fn open_in(
    tx: &mut Transaction,
    repository_id: i64,
    limit: i64,
) -> Result<Vec<ChangeRequest>, StoreError> {
    changes(both!(tx, |c| sqlx::query_as::<_, ChangeRow>(OPEN_IN)
        .bind(repository_id)
        .bind(limit)
        .fetch_all(c)
        .await)?)
}

const UNREVIEWED: &str = changes!(
    "WHERE c.repository_id = $1 AND c.state = 'open' AND c.updated_at >= $2
        AND (SELECT v.state FROM reviews v WHERE v.change_request_id = c.id
            ORDER BY v.started_at DESC, v.id DESC LIMIT 1) IS DISTINCT FROM 'posted'
    ORDER BY c.updated_at LIMIT $3"
);

/// The open change requests of a repository (its row) that were looked up since then, and whose last review came to no end.
pub async fn unreviewed(
    tx: &mut Transaction,
    repository_id: i64,
    since: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<ChangeRequest>, StoreError> {
    changes(both!(tx, |c| sqlx::query_as::<_, ChangeRow>(UNREVIEWED)
        .bind(repository_id)
        .bind(since)
        .bind(limit)
        .fetch_all(c)
        .await)?)
}

const OPEN_HEADS: &str =
    "SELECT number, head_sha FROM change_requests WHERE repository_id = $1 AND state = 'open'";

/// The open change requests of a repository (its row) by number, each with the head that was seen last.
pub async fn open_heads(
    tx: &mut Transaction,
    repository_id: i64,
) -> Result<Vec<(i64, Option<String>)>, StoreError> {
    Ok(both!(tx, |c| sqlx::query_as(OPEN_HEADS).bind(repository_id).fetch_all(c).await)?)
}

const SUMMARISED: &str =
    "UPDATE change_requests SET summary_id = $2 WHERE id = $1 AND summary_id IS DISTINCT FROM $2";

/// Notes what the platform calls our summary comment.
pub async fn summarised(tx: &mut Transaction, id: i64, summary: &str) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(SUMMARISED).bind(id).bind(summary).execute(c).await.map(|_| ()))?;
    Ok(())
}
