//! What default branches hold: what is to be looked at next, and what was found.

use chrono::{DateTime, Utc};

use super::repositories::RepositoryRow;
use super::trends::Counts;
use super::{StoreError, Transaction, erase, repositories};
use crate::analysis::Severity;
use crate::forge::{ForgeKind, RepositoryRef};

// A push changes neither when the next look is due nor who looks now.
const ASK: &str = "INSERT INTO baseline_wishes (repository_id, wanted_sha, branch, due_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (repository_id) DO UPDATE SET wanted_sha = excluded.wanted_sha, branch = excluded.branch";

/// Asks for a look at a commit of a repository's default branch, instead of what was asked for before.
pub async fn ask(
    tx: &mut Transaction,
    repository: &RepositoryRef,
    branch: &str,
    commit_sha: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let id = repositories::remember(tx, repository, now).await?;
    both!(tx, |c| sqlx::query(ASK)
        .bind(id)
        .bind(commit_sha)
        .bind(branch)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// A look that this process has taken on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The repository's row.
    pub repository_id: i64,
    /// The repository.
    pub repository: RepositoryRef,
    /// The default branch.
    pub branch: String,
    /// The commit.
    pub commit_sha: String,
    /// Until when it has it, which proves that it still does.
    pub leased_until: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct WishRow {
    repository_id: i64,
    #[sqlx(flatten)]
    repository: RepositoryRow,
    branch: String,
    wanted_sha: String,
}

macro_rules! next {
    ($lock:literal) => {
        concat!(
            "SELECT w.repository_id, r.forge, r.external_id, r.full_name, i.external_id AS installation, w.branch,
                w.wanted_sha
            FROM baseline_wishes w JOIN repositories r ON r.id = w.repository_id
            LEFT JOIN installations i ON i.id = r.installation_id
            WHERE w.wanted_sha IS NOT NULL AND w.due_at <= $1 AND (w.leased_until IS NULL OR w.leased_until <= $1)
                AND r.removed_at IS NULL AND r.paused_at IS NULL AND i.removed_at IS NULL AND i.suspended_at IS NULL
            ORDER BY w.due_at, w.repository_id LIMIT 1",
            $lock
        )
    };
}
const NEXT_POSTGRES: &str = next!(" FOR UPDATE OF w SKIP LOCKED");
const NEXT_SQLITE: &str = next!("");
const LEASE: &str = "UPDATE baseline_wishes SET leased_until = $2 WHERE repository_id = $1";

/// Takes the look that has been due for longest, so that no rival takes it before `until`.
pub async fn take(
    tx: &mut Transaction,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Option<Wish>, StoreError> {
    let sql = tx.pick(NEXT_POSTGRES, NEXT_SQLITE);
    let row: Option<WishRow> =
        both!(tx, |c| sqlx::query_as(sql).bind(now).fetch_optional(c).await)?;
    let Some(row) = row else { return Ok(None) };
    both!(tx, |c| sqlx::query(LEASE)
        .bind(row.repository_id)
        .bind(until)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(Some(Wish {
        repository_id: row.repository_id,
        repository: row.repository.repository()?,
        branch: row.branch,
        commit_sha: row.wanted_sha,
        leased_until: until,
    }))
}

const GIVE_BACK: &str = "UPDATE baseline_wishes SET leased_until = NULL, due_at = $3, problem = $4,
        wanted_sha = CASE WHEN $5 AND wanted_sha = $6 THEN NULL ELSE wanted_sha END
    WHERE repository_id = $1 AND leased_until = $2";

/// Ends a look. The next one is due at `next`, if somebody pushed meanwhile; without an end (`over`) also for the same
/// commit. `false` when a rival has it by now, and nothing was changed.
pub async fn give_back(
    tx: &mut Transaction,
    wish: &Wish,
    over: bool,
    problem: Option<&str>,
    next: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let rows = both!(tx, |c| sqlx::query(GIVE_BACK)
        .bind(wish.repository_id)
        .bind(wish.leased_until)
        .bind(next)
        .bind(problem)
        .bind(over)
        .bind(&wish.commit_sha)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// What a commit of a default branch holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline {
    /// The commit.
    pub commit_sha: String,
    /// The default branch.
    pub branch: String,
    /// When it was looked at.
    pub at: DateTime<Utc>,
    /// Python files that were analysed.
    pub files: i64,
    /// Their lines.
    pub lines: i64,
    /// Findings by severity.
    pub found: Counts,
    /// Whether the repository's settings let everybody see its badge.
    pub badge: bool,
}

const ADD: &str = "INSERT INTO baselines (repository_id, commit_sha, branch, at, files, lines, critical, high, medium, low, badge)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    ON CONFLICT (repository_id, commit_sha) DO UPDATE SET branch = excluded.branch, at = excluded.at,
        files = excluded.files, lines = excluded.lines, critical = excluded.critical, high = excluded.high,
        medium = excluded.medium, low = excluded.low, badge = excluded.badge
    RETURNING id";
const CLEAR_RULES: &str = "DELETE FROM baseline_rules WHERE baseline_id = $1";
const ADD_RULE: &str =
    "INSERT INTO baseline_rules (baseline_id, rule, severity, findings) VALUES ($1, $2, $3, $4)";

/// Keeps what was found, in all and by rule. A commit that was looked at before has what was found now.
pub async fn add(
    tx: &mut Transaction,
    repository_id: i64,
    baseline: &Baseline,
    rules: &[(&str, Severity, i64)],
) -> Result<(), StoreError> {
    let found = baseline.found;
    let id: i64 = both!(tx, |c| sqlx::query_scalar(ADD)
        .bind(repository_id)
        .bind(&baseline.commit_sha)
        .bind(&baseline.branch)
        .bind(baseline.at)
        .bind(baseline.files)
        .bind(baseline.lines)
        .bind(found.critical)
        .bind(found.high)
        .bind(found.medium)
        .bind(found.low)
        .bind(baseline.badge)
        .fetch_one(c)
        .await)?;
    both!(tx, |c| sqlx::query(CLEAR_RULES).bind(id).execute(c).await.map(|_| ()))?;
    for (rule, severity, findings) in rules {
        both!(tx, |c| sqlx::query(ADD_RULE)
            .bind(id)
            .bind(*rule)
            .bind(severity.as_str())
            .bind(*findings)
            .execute(c)
            .await
            .map(|_| ()))?;
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct BaselineRow {
    commit_sha: String,
    branch: String,
    at: DateTime<Utc>,
    files: i64,
    lines: i64,
    critical: i64,
    high: i64,
    medium: i64,
    low: i64,
    badge: bool,
}

impl BaselineRow {
    fn baseline(self) -> Baseline {
        let (critical, high, medium, low) = (self.critical, self.high, self.medium, self.low);
        Baseline {
            commit_sha: self.commit_sha,
            branch: self.branch,
            at: self.at,
            files: self.files,
            lines: self.lines,
            found: Counts { critical, high, medium, low },
            badge: self.badge,
        }
    }
}

// The one before the span tells what there was at its beginning.
const SINCE: &str =
    "SELECT commit_sha, branch, at, files, lines, critical, high, medium, low, badge FROM baselines
    WHERE repository_id = $1
        AND at >= COALESCE((SELECT max(at) FROM baselines WHERE repository_id = $1 AND at < $2), $2)
    ORDER BY at, id";

/// What was found in a repository's default branch since a time, and the last before it, oldest first.
pub async fn since(
    tx: &mut Transaction,
    repository_id: i64,
    from: DateTime<Utc>,
) -> Result<Vec<Baseline>, StoreError> {
    let rows: Vec<BaselineRow> =
        both!(tx, |c| sqlx::query_as(SINCE).bind(repository_id).bind(from).fetch_all(c).await)?;
    Ok(rows.into_iter().map(BaselineRow::baseline).collect())
}

const NEWEST: &str =
    "SELECT b.commit_sha, b.branch, b.at, b.files, b.lines, b.critical, b.high, b.medium, b.low, b.badge
    FROM baselines b JOIN repositories r ON r.id = b.repository_id
    WHERE r.forge = $1 AND lower(r.full_name) = lower($2) AND r.removed_at IS NULL ORDER BY b.at DESC, b.id DESC LIMIT 1";

/// What was found when a repository's default branch was looked at last.
pub async fn newest(
    tx: &mut Transaction,
    forge: ForgeKind,
    full_name: &str,
) -> Result<Option<Baseline>, StoreError> {
    let row: Option<BaselineRow> = both!(tx, |c| sqlx::query_as(NEWEST)
        .bind(forge.as_str())
        .bind(full_name)
        .fetch_optional(c)
        .await)?;
    Ok(row.map(BaselineRow::baseline))
}

// A rule may have several severities.
const RULES: &str = "SELECT rule, CAST(sum(findings) AS BIGINT) AS all_found FROM baseline_rules WHERE baseline_id =
        (SELECT id FROM baselines WHERE repository_id = $1 ORDER BY at DESC, id DESC LIMIT 1)
    GROUP BY rule ORDER BY all_found DESC, rule";

/// The rules that fired in a repository's newest baseline, with how often, most often first.
pub async fn rules(
    tx: &mut Transaction,
    repository_id: i64,
) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(both!(tx, |c| sqlx::query_as(RULES).bind(repository_id).fetch_all(c).await)?)
}

const PROBLEM: &str = "SELECT problem FROM baseline_wishes WHERE repository_id = $1";

/// Why the last look at a repository's default branch came to nothing, if it did.
pub async fn problem(
    tx: &mut Transaction,
    repository_id: i64,
) -> Result<Option<String>, StoreError> {
    let found: Option<Option<String>> =
        both!(tx, |c| sqlx::query_scalar(PROBLEM).bind(repository_id).fetch_optional(c).await)?;
    Ok(found.flatten())
}

const FORGET: &str = "DELETE FROM baselines WHERE id IN
    (SELECT id FROM baselines WHERE at < $1 ORDER BY at LIMIT $2)";

/// Drops at most `limit` baselines from before the given time. Returns how many.
pub async fn forget(
    tx: &mut Transaction,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<u64, StoreError> {
    erase::older(tx, FORGET, before, limit).await
}

const FORGET_OF: &str = "DELETE FROM baselines WHERE id IN
    (SELECT id FROM baselines WHERE repository_id = $1 ORDER BY id LIMIT $2)";

/// Drops at most `limit` baselines of a repository (its row). Returns how many.
pub(super) async fn forget_of(
    tx: &mut Transaction,
    repository_id: i64,
    limit: i64,
) -> Result<u64, StoreError> {
    erase::of(tx, FORGET_OF, repository_id, limit).await
}
