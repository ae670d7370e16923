//! Access tokens: what people's programs prove themselves with to the API. Of a token nothing but its hash is kept.

use chrono::{DateTime, TimeDelta, Utc};

use super::{StoreError, Transaction};

/// Most tokens that a person has at a time.
pub const MOST: i64 = 50;
/// How exactly it is known when a token was last used: not each call has to write.
const COARSE: TimeDelta = TimeDelta::hours(1);

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// To read what its person can read.
    Read,
    /// To read the queue and to ask again for what was given up, by an admin.
    Operations,
}

impl Scope {
    /// All of them.
    pub const ALL: [Scope; 2] = [Scope::Read, Scope::Operations];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Scope::Read => "read",
            Scope::Operations => "operations",
        }
    }
}

/// A token without what proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// Its row.
    pub id: i64,
    /// What its person calls it.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// When it was last used, to about an hour.
    pub last_used_at: Option<DateTime<Utc>>,
}

#[derive(sqlx::FromRow)]
struct TokenRow {
    id: i64,
    name: String,
    scopes: String,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    last_used_at: Option<DateTime<Utc>>,
}

impl TokenRow {
    fn token(self) -> AccessToken {
        // A scope that this version doesn't know allows nothing.
        let known = |word: &str| Scope::ALL.into_iter().find(|scope| scope.as_str() == word);
        AccessToken {
            id: self.id,
            name: self.name,
            scopes: self.scopes.split(' ').filter_map(known).collect(),
            created_at: self.created_at,
            expires_at: self.expires_at,
            last_used_at: self.last_used_at,
        }
    }
}

/// A token that somebody wants.
#[derive(Debug, Clone, Copy)]
pub struct NewToken<'a> {
    /// The person's row.
    pub person_id: i64,
    /// What they call it.
    pub name: &'a str,
    /// What it may be used for.
    pub scopes: &'a [Scope],
    /// SHA-256 of its text.
    pub hash: &'a [u8],
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

const CREATE: &str = "INSERT INTO access_tokens (person_id, name, token_hash, scopes, created_at, expires_at)
    SELECT $1, $2, $3, $4, $5, $6 WHERE (SELECT count(*) FROM access_tokens WHERE person_id = $1) < $7";

/// Makes a token. `false` when the person has as many as one may have.
pub async fn create(
    tx: &mut Transaction,
    token: NewToken<'_>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let scopes: Vec<_> = token.scopes.iter().map(|scope| scope.as_str()).collect();
    let rows = both!(tx, |c| sqlx::query(CREATE)
        .bind(token.person_id)
        .bind(token.name)
        .bind(token.hash)
        .bind(scopes.join(" "))
        .bind(now)
        .bind(token.expires_at)
        .bind(MOST)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

const OF_PERSON: &str =
    "SELECT id, name, scopes, created_at, expires_at, last_used_at FROM access_tokens
    WHERE person_id = $1 ORDER BY id DESC";

/// A person's tokens, the newest first; those that ended, too.
pub async fn of_person(
    tx: &mut Transaction,
    person_id: i64,
) -> Result<Vec<AccessToken>, StoreError> {
    let rows: Vec<TokenRow> =
        both!(tx, |c| sqlx::query_as(OF_PERSON).bind(person_id).fetch_all(c).await)?;
    Ok(rows.into_iter().map(TokenRow::token).collect())
}

const REVOKE: &str = "DELETE FROM access_tokens WHERE person_id = $1 AND id = $2";

/// Takes a token of a person back. `false` when they have no such token.
pub async fn revoke(tx: &mut Transaction, person_id: i64, id: i64) -> Result<bool, StoreError> {
    let rows = both!(tx, |c| sqlx::query(REVOKE)
        .bind(person_id)
        .bind(id)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// A token with the person that it speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The token.
    pub token: AccessToken,
    /// The person's row.
    pub person_id: i64,
    /// The person's login.
    pub login: String,
}

#[derive(sqlx::FromRow)]
struct HolderRow {
    #[sqlx(flatten)]
    token: TokenRow,
    person_id: i64,
    login: String,
}

const BY_HASH: &str = "SELECT t.id, t.name, t.scopes, t.created_at, t.expires_at, t.last_used_at, t.person_id, p.login
    FROM access_tokens t JOIN people p ON p.id = t.person_id WHERE t.token_hash = $1 AND t.expires_at > $2";

/// The token of that hash, unless it ended.
pub async fn by_hash(
    tx: &mut Transaction,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<Holder>, StoreError> {
    let row: Option<HolderRow> =
        both!(tx, |c| sqlx::query_as(BY_HASH).bind(hash).bind(now).fetch_optional(c).await)?;
    Ok(row.map(|row| Holder {
        token: row.token.token(),
        person_id: row.person_id,
        login: row.login,
    }))
}

const USED: &str = "UPDATE access_tokens SET last_used_at = $2
    WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $3)";

/// Whether a use of the token has to be noted.
pub fn is_news(token: &AccessToken, now: DateTime<Utc>) -> bool {
    token.last_used_at.is_none_or(|last| last < now - COARSE)
}

/// Notes that a token was used, unless that was noted lately.
pub async fn used(tx: &mut Transaction, id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(USED)
        .bind(id)
        .bind(now)
        .bind(now - COARSE)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}
