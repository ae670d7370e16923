//! Sessions of people in browsers. What a browser's cookie says is only known as its digest.

use chrono::{DateTime, Utc};

use super::people::Person;
use super::{StoreError, Transaction};

const BEGIN: &str =
    "INSERT INTO sessions (token_hash, person_id, created_at, expires_at) VALUES ($1, $2, $3, $4)";

/// Begins a session of a person.
pub async fn begin(
    tx: &mut Transaction,
    token_hash: &[u8],
    person_id: i64,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(BEGIN)
        .bind(token_hash)
        .bind(person_id)
        .bind(now)
        .bind(expires_at)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

const WHOSE: &str = "SELECT p.id, p.provider, p.subject, p.login, p.sealed_grant, p.readable_at
    FROM sessions s JOIN people p ON p.id = s.person_id WHERE s.token_hash = $1 AND s.expires_at > $2";

/// Whose session it is, if it still is one.
pub async fn whose(
    tx: &mut Transaction,
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<Person>, StoreError> {
    Ok(both!(tx, |c| sqlx::query_as(WHOSE).bind(token_hash).bind(now).fetch_optional(c).await)?)
}

const END: &str = "DELETE FROM sessions WHERE token_hash = $1";

/// Ends a session.
pub async fn end(tx: &mut Transaction, token_hash: &[u8]) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(END).bind(token_hash).execute(c).await.map(|_| ()))?;
    Ok(())
}

const EXPIRED: &str = "DELETE FROM sessions WHERE expires_at <= $1";

/// Deletes sessions whose time is over.
pub async fn delete_expired(tx: &mut Transaction, now: DateTime<Utc>) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(EXPIRED).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}
