//! Outlines of files by what the files hold, one set for each repository; see the migration for why not one for all.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{StoreError, Transaction, erase};
use crate::change::ContentId;

/// Outlines of one form in one repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shelf {
    /// The repository's row.
    pub repository_id: i64,
    /// Version of the outlines' form.
    pub format: i32,
}

// PostgreSQL takes the ids as an array, SQLite as a JSON list of hexadecimal texts.
const FIND_POSTGRES: &str = "SELECT content_id, outline FROM outlines
    WHERE repository_id = $1 AND format = $2 AND content_id = ANY($3)";
const FIND_SQLITE: &str = "SELECT content_id, outline FROM outlines
    WHERE repository_id = $1 AND format = $2 AND content_id IN (SELECT unhex(value) FROM json_each($3))";

/// Those of the outlines that are there, with one query however many are asked for.
pub async fn find(
    tx: &mut Transaction,
    shelf: Shelf,
    ids: &[ContentId],
) -> Result<HashMap<ContentId, Vec<u8>>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<(Vec<u8>, Vec<u8>)> = match &mut tx.inner {
        super::transaction::Inner::Postgres(tx) => {
            sqlx::query_as(FIND_POSTGRES)
                .bind(shelf.repository_id)
                .bind(shelf.format)
                .bind(bytes(ids))
                .fetch_all(tx.session())
                .await?
        }
        super::transaction::Inner::Sqlite(tx) => {
            sqlx::query_as(FIND_SQLITE)
                .bind(shelf.repository_id)
                .bind(shelf.format)
                .bind(json(ids))
                .fetch_all(&mut **tx)
                .await?
        }
    };
    let outline = |(id, outline): (Vec<u8>, Vec<u8>)| Some((ContentId::from_bytes(&id)?, outline));
    Ok(found.into_iter().filter_map(outline).collect())
}

const KEEP_POSTGRES: &str =
    "INSERT INTO outlines (repository_id, format, content_id, outline, used_at)
    SELECT $1, $2, content_id, outline, $5 FROM UNNEST($3::bytea[], $4::bytea[]) AS new (content_id, outline)
    ON CONFLICT (repository_id, format, content_id) DO NOTHING";
const KEEP_SQLITE: &str =
    "INSERT INTO outlines (repository_id, format, content_id, outline, used_at)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (repository_id, format, content_id) DO NOTHING";

/// Keeps outlines; one that is there already stays as it is, since it says the same.
pub async fn keep(
    tx: &mut Transaction,
    shelf: Shelf,
    outlines: &[(ContentId, Vec<u8>)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    match &mut tx.inner {
        super::transaction::Inner::Postgres(tx) => {
            let ids: Vec<&[u8]> = outlines.iter().map(|(id, _)| id.as_bytes()).collect();
            let texts: Vec<&[u8]> = outlines.iter().map(|(_, outline)| &outline[..]).collect();
            sqlx::query(KEEP_POSTGRES)
                .bind(shelf.repository_id)
                .bind(shelf.format)
                .bind(ids)
                .bind(texts)
                .bind(now)
                .execute(tx.session())
                .await?;
        }
        super::transaction::Inner::Sqlite(tx) => {
            for (id, outline) in outlines {
                sqlx::query(KEEP_SQLITE)
                    .bind(shelf.repository_id)
                    .bind(shelf.format)
                    .bind(id.as_bytes())
                    .bind(&outline[..])
                    .bind(now)
                    .execute(&mut **tx)
                    .await?;
            }
        }
    }
    Ok(())
}

const USED_POSTGRES: &str = "UPDATE outlines SET used_at = $4
    WHERE repository_id = $1 AND format = $2 AND used_at < $5 AND content_id = ANY($3)";
const USED_SQLITE: &str = "UPDATE outlines SET used_at = $4
    WHERE repository_id = $1 AND format = $2 AND used_at < $5
        AND content_id IN (SELECT unhex(value) FROM json_each($3))";

/// Notes that outlines are still needed, once a day at most: more would be writes without use. Returns how many rows
/// were changed.
pub async fn used(
    tx: &mut Transaction,
    shelf: Shelf,
    ids: &[ContentId],
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let before = now - TimeDelta::days(1);
    Ok(match &mut tx.inner {
        super::transaction::Inner::Postgres(tx) => sqlx::query(USED_POSTGRES)
            .bind(shelf.repository_id)
            .bind(shelf.format)
            .bind(bytes(ids))
            .bind(now)
            .bind(before)
            .execute(tx.session())
            .await?
            .rows_affected(),
        super::transaction::Inner::Sqlite(tx) => sqlx::query(USED_SQLITE)
            .bind(shelf.repository_id)
            .bind(shelf.format)
            .bind(json(ids))
            .bind(now)
            .bind(before)
            .execute(&mut **tx)
            .await?
            .rows_affected(),
    })
}

const FORGET_UNUSED: &str = "DELETE FROM outlines WHERE used_at < $1";
// What was used last comes first; what is behind the last byte that has room goes.
const FORGET_TOO_MUCH: &str = "DELETE FROM outlines WHERE (repository_id, format, content_id) IN (
        SELECT repository_id, format, content_id FROM (
            SELECT repository_id, format, content_id, SUM(LENGTH(outline)) OVER (
                ORDER BY used_at DESC, repository_id, format, content_id ROWS UNBOUNDED PRECEDING) AS total
            FROM outlines) AS ranked
        WHERE total > $1)";

/// Drops outlines that no review needed since the given time, then those that were not needed for longest, until the
/// rest has at most `most_bytes`. Looks at the whole table. Returns how many went.
pub async fn forget(
    tx: &mut Transaction,
    unused_since: DateTime<Utc>,
    most_bytes: i64,
) -> Result<u64, StoreError> {
    let unused = both!(tx, |c| sqlx::query(FORGET_UNUSED)
        .bind(unused_since)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    let too_much = both!(tx, |c| sqlx::query(FORGET_TOO_MUCH)
        .bind(most_bytes)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(unused + too_much)
}

// PostgreSQL goes through the whole table for rows that are named by three columns, but not for those of known places.
const FORGET_OF_POSTGRES: &str = "DELETE FROM outlines WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM outlines WHERE repository_id = $1 ORDER BY format, content_id LIMIT $2))";
const FORGET_OF_SQLITE: &str = "DELETE FROM outlines WHERE (repository_id, format, content_id) IN
    (SELECT repository_id, format, content_id FROM outlines WHERE repository_id = $1 LIMIT $2)";

/// Drops at most `limit` outlines of a repository (its row). Returns how many.
pub async fn forget_of(
    tx: &mut Transaction,
    repository_id: i64,
    limit: i64,
) -> Result<u64, StoreError> {
    let sql = tx.pick(FORGET_OF_POSTGRES, FORGET_OF_SQLITE);
    erase::of(tx, sql, repository_id, limit).await
}

const FORGET_ANY_POSTGRES: &str =
    "DELETE FROM outlines WHERE ctid = ANY(ARRAY(SELECT ctid FROM outlines LIMIT $1))";
const FORGET_ANY_SQLITE: &str = "DELETE FROM outlines WHERE (repository_id, format, content_id) IN
    (SELECT repository_id, format, content_id FROM outlines LIMIT $1)";

/// Drops at most `limit` outlines, whichever. Returns how many.
pub async fn forget_any(tx: &mut Transaction, limit: i64) -> Result<u64, StoreError> {
    let sql = tx.pick(FORGET_ANY_POSTGRES, FORGET_ANY_SQLITE);
    Ok(both!(tx, |c| sqlx::query(sql)
        .bind(limit)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?)
}

fn bytes(ids: &[ContentId]) -> Vec<&[u8]> {
    ids.iter().map(ContentId::as_bytes).collect()
}

fn json(ids: &[ContentId]) -> String {
    let mut list = String::with_capacity(ids.len() * 44 + 2);
    list.push('[');
    for (at, id) in ids.iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        list.push_str(&format!("{comma}\"{id}\""));
    }
    list.push(']');
    list
}
