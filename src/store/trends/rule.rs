//! A rule in all repositories: how often it fires, where, and what people make of its findings.

use chrono::NaiveDate;

use super::forge;
use super::statement::Statement;
use crate::forge::ForgeKind;
use crate::store::{Sees, StoreError, Transaction};

/// What became of a rule's findings, since the beginning.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct RuleTotal {
    /// The rule's code.
    pub rule: String,
    /// How many repositories it fired in.
    pub repositories: i64,
    /// How often it fired.
    pub introduced: i64,
    /// Findings that are open.
    pub open: i64,
    /// Findings that were fixed.
    pub fixed: i64,
    /// Findings that a person settled.
    pub settled: i64,
}

impl RuleTotal {
    /// How many of those that people dealt with they fixed, in percent.
    pub fn precision(&self) -> Option<i64> {
        let ended = self.fixed + self.settled;
        (ended > 0).then(|| self.fixed * 100 / ended)
    }
}

const TOTALS: &str = "SELECT t.rule, CAST(sum(CASE WHEN t.introduced > 0 THEN 1 ELSE 0 END) AS BIGINT) AS repositories,
        CAST(sum(t.introduced) AS BIGINT) AS introduced, CAST(sum(t.open) AS BIGINT) AS open,
        CAST(sum(t.fixed) AS BIGINT) AS fixed, CAST(sum(t.settled) AS BIGINT) AS settled
    FROM rule_totals t WHERE TRUE";

/// What became of the findings of each rule that fired, or of one.
pub async fn rule_totals(
    tx: &mut Transaction,
    sees: Sees,
    rule: Option<&str>,
) -> Result<Vec<RuleTotal>, StoreError> {
    let mut statement = Statement::default();
    statement.push(TOTALS);
    if let Some(rule) = rule {
        statement.text(" AND t.rule = ", rule);
    }
    statement.visible("t.repository_id", sees);
    statement.push(" GROUP BY t.rule");
    statement.rows(tx).await
}

/// A repository in which a rule fired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiresIn {
    /// The platform that it is on.
    pub forge: ForgeKind,
    /// Its full name.
    pub full_name: String,
    /// How often the rule fired there.
    pub introduced: i64,
    /// Findings that are open.
    pub open: i64,
    /// Findings that were fixed.
    pub fixed: i64,
    /// Findings that a person settled.
    pub settled: i64,
}

#[derive(sqlx::FromRow)]
struct FiresInRow {
    forge: String,
    full_name: String,
    introduced: i64,
    open: i64,
    fixed: i64,
    settled: i64,
}

const FIRES_IN: &str = "SELECT r.forge, r.full_name, t.introduced, t.open, t.fixed, t.settled
    FROM rule_totals t JOIN repositories r ON r.id = t.repository_id
    WHERE t.introduced > 0 AND r.removed_at IS NULL AND t.rule = ";

/// The repositories in which a rule fired, those with most first: at most `limit`.
pub async fn fires_in(
    tx: &mut Transaction,
    sees: Sees,
    rule: &str,
    limit: i64,
) -> Result<Vec<FiresIn>, StoreError> {
    let mut statement = Statement::default();
    statement.text(FIRES_IN, rule);
    statement.visible("r.id", sees);
    statement.number(" ORDER BY t.introduced DESC, t.open DESC, r.full_name, r.id LIMIT ", limit);
    let rows: Vec<FiresInRow> = statement.rows(tx).await?;
    let fires_in = |row: FiresInRow| {
        Ok(FiresIn {
            forge: forge(row.forge)?,
            full_name: row.full_name,
            introduced: row.introduced,
            open: row.open,
            fixed: row.fixed,
            settled: row.settled,
        })
    };
    rows.into_iter().map(fires_in).collect()
}

/// How often a rule fired for the first time in a week, in all repositories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Week {
    /// The week's Monday, in UTC.
    pub week: NaiveDate,
    /// Findings that were seen for the first time.
    pub introduced: i64,
}

const WEEKS: &str = "SELECT w.week, CAST(sum(w.introduced) AS BIGINT) AS introduced FROM rule_weeks w WHERE w.rule = ";

/// How often a rule fired since a week, told by its Monday; weeks without a finding may be missing.
pub async fn weeks_of_rule(
    tx: &mut Transaction,
    sees: Sees,
    rule: &str,
    from: NaiveDate,
) -> Result<Vec<Week>, StoreError> {
    let mut statement = Statement::default();
    statement.text(WEEKS, rule);
    statement.day(" AND w.week >= ", from);
    statement.visible("w.repository_id", sees);
    statement.push(" GROUP BY w.week ORDER BY w.week");
    statement.rows(tx).await
}

/// How people said that findings of a rule stay.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Reactions {
    /// By resolving the comment.
    pub by_thread: i64,
    /// By a command.
    pub by_command: i64,
    /// With a reason in words.
    pub with_reason: i64,
    /// How many of the settled findings were looked at.
    pub of: i64,
}

const REACTIONS: &str = "SELECT CAST(COALESCE(sum(CASE WHEN s.closed_reason = 'thread' THEN 1 ELSE 0 END), 0) AS BIGINT) AS by_thread,
        CAST(COALESCE(sum(CASE WHEN s.closed_reason = 'command' THEN 1 ELSE 0 END), 0) AS BIGINT) AS by_command,
        CAST(COALESCE(sum(CASE WHEN s.closed_note IS NOT NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS with_reason,
        count(*) AS of
    FROM (SELECT f.closed_reason, f.closed_note FROM findings f JOIN change_requests c ON c.id = f.change_request_id
        WHERE f.state = 'settled' AND f.rule = ";

/// How people said that findings of a rule stay: of at most `limit` of them.
pub async fn reactions(
    tx: &mut Transaction,
    sees: Sees,
    rule: &str,
    limit: i64,
) -> Result<Reactions, StoreError> {
    let mut statement = Statement::default();
    statement.text(REACTIONS, rule);
    statement.visible("c.repository_id", sees);
    statement.number(" LIMIT ", limit);
    statement.push(") AS s");
    Ok(statement.rows(tx).await?.into_iter().next().unwrap_or_default())
}
