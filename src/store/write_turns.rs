//! Whose turn it is to write on a platform: one writer at a time for each account, some time apart, and no more content
//! in an hour than the platform takes.

use chrono::{DateTime, TimeDelta, Utc};

use super::{StoreError, Transaction};

/// Content is counted for this long: an hour, and the minute that has begun.
const COUNTED: i64 = 61;

/// A turn that somebody wants.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The account.
    pub lane: &'a str,
    /// Who gives it back.
    pub holder: &'a str,
    /// How long it is held at most.
    pub lasts: TimeDelta,
    /// How much content the account may create in an hour; `None` when this creates nothing.
    pub most_per_hour: Option<u32>,
}

const ENTER: &str =
    "INSERT INTO write_turns (lane, free_at) VALUES ($1, $2) ON CONFLICT (lane) DO NOTHING";
const LOOK_POSTGRES: &str =
    "SELECT holder, held_until, free_at FROM write_turns WHERE lane = $1 FOR UPDATE";
const LOOK_SQLITE: &str = "SELECT holder, held_until, free_at FROM write_turns WHERE lane = $1";
const COUNT: &str =
    "SELECT CAST(COALESCE(sum(writes), 0) AS BIGINT) AS writes, min(minute) AS oldest
    FROM write_counts WHERE lane = $1 AND minute > $2";
const TAKE: &str = "UPDATE write_turns SET holder = $2, held_until = $3 WHERE lane = $1";
const PAY: &str = "INSERT INTO write_counts (lane, minute, writes) VALUES ($1, $2, 1)
    ON CONFLICT (lane, minute) DO UPDATE SET writes = write_counts.writes + 1";
const FORGET_COUNTS: &str = "DELETE FROM write_counts WHERE lane = $1 AND minute <= $2";

#[derive(sqlx::FromRow)]
struct TurnRow {
    holder: Option<String>,
    held_until: Option<DateTime<Utc>>,
    free_at: DateTime<Utc>,
}

/// Takes the turn, and gives `None`; or gives after how long to ask again: zero when another has it.
pub async fn take(
    tx: &mut Transaction,
    wanted: &Wanted<'_>,
) -> Result<Option<TimeDelta>, StoreError> {
    let now = tx.clock().await?;
    let lane = wanted.lane;
    both!(tx, |c| sqlx::query(ENTER).bind(lane).bind(now).execute(c).await.map(|_| ()))?;
    let look = tx.pick(LOOK_POSTGRES, LOOK_SQLITE);
    let turn: TurnRow = both!(tx, |c| sqlx::query_as(look).bind(lane).fetch_one(c).await)?;
    if turn.holder.is_some() && turn.held_until.is_some_and(|until| until > now) {
        return Ok(Some(TimeDelta::zero()));
    }
    if turn.free_at > now {
        return Ok(Some(turn.free_at - now));
    }
    if let Some(most) = wanted.most_per_hour
        && let Some(wait) = pay(tx, lane, i64::from(most), now).await?
    {
        return Ok(Some(wait));
    }
    both!(tx, |c| sqlx::query(TAKE)
        .bind(lane)
        .bind(wanted.holder)
        .bind(now + wanted.lasts)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(None)
}

/// Counts one more creation, or gives the wait until there is room for it.
async fn pay(
    tx: &mut Transaction,
    lane: &str,
    most: i64,
    now: DateTime<Utc>,
) -> Result<Option<TimeDelta>, StoreError> {
    let minute = now.timestamp() / 60;
    let (writes, oldest): (i64, Option<i64>) =
        both!(tx, |c| sqlx::query_as(COUNT).bind(lane).bind(minute - COUNTED).fetch_one(c).await)?;
    if writes >= most {
        let oldest = oldest.unwrap_or(minute);
        let room = DateTime::from_timestamp((oldest + COUNTED) * 60, 0).unwrap_or(now);
        return Ok(Some((room - now).max(TimeDelta::seconds(1))));
    }
    let counted = minute - COUNTED;
    both!(tx, |c| sqlx::query(FORGET_COUNTS)
        .bind(lane)
        .bind(counted)
        .execute(c)
        .await
        .map(|_| ()))?;
    both!(tx, |c| sqlx::query(PAY).bind(lane).bind(minute).execute(c).await.map(|_| ()))?;
    Ok(None)
}

const GIVE_BACK: &str = "UPDATE write_turns SET holder = NULL, held_until = NULL, free_at = $3
    WHERE lane = $1 AND holder = $2";

/// Gives the turn back, unless it has passed on; nobody writes before `rest` is over.
pub async fn give_back(
    tx: &mut Transaction,
    lane: &str,
    holder: &str,
    rest: TimeDelta,
) -> Result<(), StoreError> {
    let free_at = tx.clock().await? + rest;
    both!(tx, |c| sqlx::query(GIVE_BACK)
        .bind(lane)
        .bind(holder)
        .bind(free_at)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

const ABANDON: &str = "UPDATE write_turns SET holder = NULL, held_until = NULL";

/// Ends all turns: whoever had one is dead.
pub async fn abandon(tx: &mut Transaction) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(ABANDON).execute(c).await.map(|_| ()))?;
    Ok(())
}
