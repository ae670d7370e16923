//! Who signed in, and which repositories each of them can read on their platform.

use chrono::{DateTime, Utc};

use super::transaction::Inner;
use super::{StoreError, Transaction};
use crate::forge::ForgeKind;

/// Somebody who signed in.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Person {
    /// Their row.
    pub id: i64,
    /// Who vouches for them, as the column has it.
    pub provider: String,
    /// The provider's own name for them.
    pub subject: String,
    /// Their login as last heard.
    pub login: String,
    /// What lets us ask the provider in their name, sealed.
    pub sealed_grant: Option<Vec<u8>>,
    /// When the platform was last asked what they can read.
    pub readable_at: Option<DateTime<Utc>>,
}

const SIGNED_IN: &str = "INSERT INTO people (provider, subject, login, sealed_grant, created_at, signed_in_at)
    VALUES ($1, $2, $3, $4, $5, $5)
    ON CONFLICT (provider, subject) DO UPDATE SET login = excluded.login, sealed_grant = excluded.sealed_grant,
        signed_in_at = excluded.signed_in_at, asking_until = NULL
    RETURNING id";

/// Notes that somebody signed in. Returns their row.
pub async fn signed_in(
    tx: &mut Transaction,
    provider: &str,
    subject: &str,
    login: &str,
    sealed_grant: Option<&[u8]>,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    Ok(both!(tx, |c| sqlx::query_scalar(SIGNED_IN)
        .bind(provider)
        .bind(subject)
        .bind(login)
        .bind(sealed_grant)
        .bind(now)
        .fetch_one(c)
        .await)?)
}

const ONE: &str =
    "SELECT id, provider, subject, login, sealed_grant, readable_at FROM people WHERE id = $1";

/// The person of that row.
pub async fn person(tx: &mut Transaction, id: i64) -> Result<Option<Person>, StoreError> {
    Ok(both!(tx, |c| sqlx::query_as(ONE).bind(id).fetch_optional(c).await)?)
}

const TAKE_ON: &str = "UPDATE people SET asking_until = $3
    WHERE id = $1 AND (asking_until IS NULL OR asking_until <= $2)";

/// Takes it on, until then, to ask what somebody can read, so that nobody else asks meanwhile. `false` when somebody else
/// has taken it on.
pub async fn take_on(
    tx: &mut Transaction,
    id: i64,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let rows = both!(tx, |c| sqlx::query(TAKE_ON)
        .bind(id)
        .bind(now)
        .bind(until)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

const GIVE_UP: &str = "UPDATE people SET asking_until = NULL WHERE id = $1";

/// Lets others ask what somebody can read: the question got no answer.
pub async fn give_up(tx: &mut Transaction, id: i64) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(GIVE_UP).bind(id).execute(c).await.map(|_| ()))?;
    Ok(())
}

const KEEP_GRANT: &str = "UPDATE people SET sealed_grant = $2 WHERE id = $1";

/// Keeps what lets us ask the provider in somebody's name from now on; `None` when there is nothing any more.
pub async fn keep_grant(
    tx: &mut Transaction,
    id: i64,
    sealed_grant: Option<&[u8]>,
) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(KEEP_GRANT)
        .bind(id)
        .bind(sealed_grant)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

// Each engine has its own way to unfold a list of numbers.
macro_rules! listed {
    ($list:expr) => {
        concat!("(SELECT id FROM repositories WHERE forge = $2 AND external_id ", $list, ")")
    };
}
const FORGET_POSTGRES: &str = concat!(
    "DELETE FROM readable_repositories WHERE person_id = $1 AND repository_id NOT IN ",
    listed!("= ANY($3)")
);
const FORGET_SQLITE: &str = concat!(
    "DELETE FROM readable_repositories WHERE person_id = $1 AND repository_id NOT IN ",
    listed!("IN (SELECT value FROM json_each($3))")
);
const ADD_POSTGRES: &str = concat!(
    "INSERT INTO readable_repositories (person_id, repository_id) SELECT $1, id FROM ",
    listed!("= ANY($3)"),
    " AS listed ON CONFLICT DO NOTHING"
);
const ADD_SQLITE: &str = concat!(
    "INSERT INTO readable_repositories (person_id, repository_id) SELECT $1, id FROM ",
    listed!("IN (SELECT value FROM json_each($3))"),
    " AS listed WHERE TRUE ON CONFLICT DO NOTHING"
);
const ASKED: &str = "UPDATE people SET readable_at = $2, asking_until = NULL WHERE id = $1";

/// Notes what somebody can read: these repositories of a platform, by its numbers, and no others. Those that we don't know
/// are left out.
pub async fn set_readable(
    tx: &mut Transaction,
    id: i64,
    forge: ForgeKind,
    external_ids: &[i64],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    match &mut tx.inner {
        Inner::Postgres(tx) => {
            for sql in [FORGET_POSTGRES, ADD_POSTGRES] {
                let query = sqlx::query(sql).bind(id).bind(forge.as_str()).bind(external_ids);
                query.execute(tx.session()).await?;
            }
        }
        Inner::Sqlite(tx) => {
            let list = serde_json::json!(external_ids).to_string();
            for sql in [FORGET_SQLITE, ADD_SQLITE] {
                let query = sqlx::query(sql).bind(id).bind(forge.as_str()).bind(&list);
                query.execute(&mut **tx).await?;
            }
        }
    }
    both!(tx, |c| sqlx::query(ASKED).bind(id).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}

const ADD_ONE: &str = "INSERT INTO readable_repositories (person_id, repository_id) VALUES ($1, $2)
    ON CONFLICT DO NOTHING";

/// Notes that somebody can read one more repository (its row), until it is asked again what they can read.
pub async fn add_readable(
    tx: &mut Transaction,
    id: i64,
    repository_id: i64,
) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(ADD_ONE).bind(id).bind(repository_id).execute(c).await.map(|_| ()))?;
    Ok(())
}

const FORGET: &str = "DELETE FROM people WHERE signed_in_at < $1
    AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.person_id = people.id AND s.expires_at > $2)
    AND NOT EXISTS (SELECT 1 FROM access_tokens t WHERE t.person_id = people.id AND t.expires_at > $2)";

/// Deletes those who signed in last before that time, unless a session or an access token of theirs is still good.
pub async fn forget(
    tx: &mut Transaction,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(FORGET).bind(before).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}

const SIGN_OUT_ALL: &str = "DELETE FROM sessions WHERE person_id IN
    (SELECT id FROM people WHERE provider = $1 AND subject = $2)";
const DROP_GRANT: &str = "UPDATE people SET sealed_grant = NULL, readable_at = NULL WHERE provider = $1 AND subject = $2";

/// Ends all of somebody's sessions, since they took back what let us ask in their name.
pub async fn revoked(
    tx: &mut Transaction,
    provider: &str,
    subject: &str,
) -> Result<(), StoreError> {
    for sql in [SIGN_OUT_ALL, DROP_GRANT] {
        both!(tx, |c| sqlx::query(sql).bind(provider).bind(subject).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}
