//! Change requests of all repositories as one list: filtered, the one with the latest review first, in parts.

use chrono::{DateTime, Utc};

use super::statement::Statement;
use super::{Counts, forge};
use crate::forge::ForgeKind;
use crate::store::{Sees, StoreError, Transaction};

/// What has become of a change request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum ChangeState {
    Open,
    Merged,
    Closed,
}

impl ChangeState {
    /// All of them.
    pub const ALL: [ChangeState; 3] = [ChangeState::Open, ChangeState::Merged, ChangeState::Closed];

    /// Its name in columns and addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            ChangeState::Open => "open",
            ChangeState::Merged => "merged",
            ChangeState::Closed => "closed",
        }
    }

    /// Its name as a person reads it.
    pub fn title(self) -> &'static str {
        match self {
            ChangeState::Open => "Open",
            ChangeState::Merged => "Merged",
            ChangeState::Closed => "Closed",
        }
    }
}

/// How the latest review came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastVerdict {
    /// The gate let it pass.
    Passed,
    /// The gate did not.
    Failed,
    /// It ended without a verdict.
    None,
    /// It has not ended.
    Running,
}

impl LastVerdict {
    /// All of them.
    pub const ALL: [LastVerdict; 4] =
        [LastVerdict::Passed, LastVerdict::Failed, LastVerdict::None, LastVerdict::Running];

    /// Its name in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            LastVerdict::Passed => "passed",
            LastVerdict::Failed => "failed",
            LastVerdict::None => "none",
            LastVerdict::Running => "running",
        }
    }

    /// Its name as a person reads it.
    pub fn title(self) -> &'static str {
        match self {
            LastVerdict::Passed => "Passed",
            LastVerdict::Failed => "Failed",
            LastVerdict::None => "No verdict",
            LastVerdict::Running => "Running",
        }
    }

    /// The condition on a review `v`.
    fn condition(self) -> &'static str {
        match self {
            LastVerdict::Passed => " AND v.state <> 'stale' AND v.conclusion = 'passed'",
            LastVerdict::Failed => " AND v.state <> 'stale' AND v.conclusion = 'failed'",
            LastVerdict::None => {
                " AND v.state <> 'open' AND (v.state = 'stale' OR v.conclusion NOT IN ('passed', 'failed'))"
            }
            LastVerdict::Running => " AND v.state = 'open'",
        }
    }
}

/// Which change requests are listed: those that meet all that is said. One without a review is never listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeFilter {
    /// Row of their repository.
    pub repository_id: Option<i64>,
    /// What has become of them.
    pub state: Option<ChangeState>,
    /// How their latest review came out.
    pub verdict: Option<LastVerdict>,
    /// A part of their title, in whatever case.
    pub title: Option<String>,
}

/// A place in the list, which goes by when the latest review began. A change request that gets another review moves to its
/// beginning; the others stay where they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangeCursor {
    at: DateTime<Utc>,
    id: i64,
}

impl std::fmt::Display for ChangeCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.at.timestamp_nanos_opt().unwrap_or_default(), self.id)
    }
}

impl std::str::FromStr for ChangeCursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (at, id) = text.split_once('-').ok_or(())?;
        // Digits alone: numbers have signs, too.
        let number = |digits: &str| match digits.bytes().all(|b| b.is_ascii_digit()) {
            true => digits.parse::<i64>().map_err(drop),
            false => Err(()),
        };
        Ok(Self { at: DateTime::from_timestamp_nanos(number(at)?), id: number(id)? })
    }
}

/// A change request as the list has it.
#[derive(Debug, Clone)]
pub struct ListedChange {
    /// Its place in the list.
    pub cursor: ChangeCursor,
    /// The platform.
    pub forge: ForgeKind,
    /// The repository's full name.
    pub repository: String,
    /// Its number.
    pub number: i64,
    /// Its title.
    pub title: String,
    /// Login of its author.
    pub author: Option<String>,
    /// `open`, `merged` or `closed`.
    pub state: String,
    /// Not ready by its author's word.
    pub draft: bool,
    /// How its latest review ended, as the column has it; `None` while it runs.
    pub conclusion: Option<String>,
    /// Whether the head moved while that ran.
    pub stale: bool,
    /// What that found.
    pub found: Counts,
    /// When that began.
    pub reviewed_at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    forge: String,
    full_name: String,
    number: i64,
    title: String,
    author: Option<String>,
    state: String,
    draft: bool,
    last_review_at: DateTime<Utc>,
    conclusion: Option<String>,
    review_state: String,
    #[sqlx(flatten)]
    found: Counts,
}

impl Row {
    fn listed(self) -> Result<ListedChange, StoreError> {
        Ok(ListedChange {
            cursor: ChangeCursor { at: self.last_review_at, id: self.id },
            forge: forge(self.forge)?,
            repository: self.full_name,
            number: self.number,
            title: self.title,
            author: self.author,
            state: self.state,
            draft: self.draft,
            conclusion: self.conclusion,
            stale: self.review_state == "stale",
            found: self.found,
            reviewed_at: self.last_review_at,
        })
    }
}

const SHOWN: &str = "SELECT c.id, r.forge, r.full_name, c.number, c.title, c.author, c.state, c.draft, c.last_review_at,
        v.conclusion, v.state AS review_state, v.critical, v.high, v.medium, v.low
    FROM change_requests c JOIN repositories r ON r.id = c.repository_id JOIN reviews v ON v.id = c.last_review_id
    WHERE c.last_review_at IS NOT NULL AND r.removed_at IS NULL";

/// At most `limit` change requests behind a place in the list.
pub async fn listed_changes(
    tx: &mut Transaction,
    sees: Sees,
    filter: &ChangeFilter,
    behind: Option<ChangeCursor>,
    limit: i64,
) -> Result<Vec<ListedChange>, StoreError> {
    let mut statement = Statement::default();
    statement.push(SHOWN);
    statement.visible("c.repository_id", sees);
    if let Some(id) = filter.repository_id {
        statement.number(" AND c.repository_id = ", id);
    }
    if let Some(state) = filter.state {
        statement.text(" AND c.state = ", state.as_str());
    }
    statement.push(filter.verdict.map_or("", LastVerdict::condition));
    if let Some(title) = &filter.title {
        let within = tx.pick("strpos", "instr");
        statement.text(&format!(" AND {within}(lower(c.title), lower("), title);
        statement.push(")) > 0");
    }
    if let Some(behind) = behind {
        statement.time(" AND c.last_review_at <= ", behind.at);
        statement.time(" AND (c.last_review_at < ", behind.at);
        statement.number(" OR c.id < ", behind.id);
        statement.push(")");
    }
    statement.number(" ORDER BY c.last_review_at DESC, c.id DESC LIMIT ", limit);
    let rows: Vec<Row> = statement.rows(tx).await?;
    rows.into_iter().map(Row::listed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_time_and_a_row() {
        let cursor: ChangeCursor = "1790000000123456789-45".parse().expect("a place");
        assert_eq!(cursor.to_string(), "1790000000123456789-45");
        assert_eq!(cursor.at.timestamp_subsec_nanos(), 123_456_789);
        for text in ["", "-", "5", "5-", "-5", "5--5", "+5-5", "5-x", "9223372036854775808-1"] {
            assert_eq!(text.parse::<ChangeCursor>(), Err(()), "{text}");
        }
    }
}
