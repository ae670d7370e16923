//! Findings of all repositories as one list: filtered, the newest first, in parts.

mod row;

pub use row::{Listed, Settled};

use super::statement::Statement;
use crate::analysis::Severity;
use crate::store::transaction::Inner;
use crate::store::{Sees, StoreError, Transaction};
use row::ListedRow;

/// What became of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingState {
    /// The last review has it, and its change request is open.
    Open,
    /// It was open when its change request was merged or closed.
    Left,
    /// The last review no longer has it.
    Fixed,
    /// A person says that it stays.
    Settled,
}

impl FindingState {
    /// All of them, in the order of a finding's life.
    pub const ALL: [FindingState; 4] =
        [FindingState::Open, FindingState::Left, FindingState::Fixed, FindingState::Settled];

    /// Its name in addresses and exports.
    pub fn as_str(self) -> &'static str {
        match self {
            FindingState::Open => "open",
            FindingState::Left => "left",
            FindingState::Fixed => "fixed",
            FindingState::Settled => "settled",
        }
    }

    /// Its name as a person reads it.
    pub fn title(self) -> &'static str {
        match self {
            FindingState::Open => "Open",
            FindingState::Left => "Left open",
            FindingState::Fixed => "Fixed",
            FindingState::Settled => "Settled",
        }
    }

    /// The condition on a finding `f`.
    fn condition(self) -> &'static str {
        match self {
            FindingState::Open => {
                " AND f.state = 'open'
                AND (SELECT c.state FROM change_requests c WHERE c.id = f.change_request_id) = 'open'"
            }
            FindingState::Left => {
                " AND f.state = 'open'
                AND (SELECT c.state FROM change_requests c WHERE c.id = f.change_request_id) <> 'open'"
            }
            FindingState::Fixed => " AND f.state = 'fixed'",
            FindingState::Settled => " AND f.state = 'settled'",
        }
    }
}

/// Which findings are listed: those that meet all that is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Row of their repository.
    pub repository_id: Option<i64>,
    /// Their rule's code.
    pub rule: Option<String>,
    /// How bad they are.
    pub severity: Option<Severity>,
    /// A part of their file's path, letters' case included.
    pub path: Option<String>,
    /// What became of them.
    pub state: Option<FindingState>,
}

/// A place in the list. It holds no matter what is added, or what becomes of the findings: the list goes by what never
/// changes, the review that saw a finding first and the finding's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    review_id: i64,
    id: i64,
}

impl Cursor {
    /// The finding's row.
    pub fn id(self) -> i64 {
        self.id
    }
}

impl From<[i64; 2]> for Cursor {
    fn from([review_id, id]: [i64; 2]) -> Self {
        Self { review_id, id }
    }
}

impl From<Cursor> for [i64; 2] {
    fn from(cursor: Cursor) -> Self {
        [cursor.review_id, cursor.id]
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.review_id, self.id)
    }
}

impl std::str::FromStr for Cursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        // Digits alone: numbers have signs, too.
        let number = |digits: &str| match digits.bytes().all(|b| b.is_ascii_digit()) {
            true => digits.parse().map_err(drop),
            false => Err(()),
        };
        let (review_id, id) = text.split_once('-').ok_or(())?;
        Ok(Self { review_id: number(review_id)?, id: number(id)? })
    }
}

// The newest of all: along the index of the reviews that saw them first.
const OF_ALL: &str =
    "WITH listed AS (SELECT f.first_review_id AS review_id, f.id FROM findings f WHERE TRUE";
// Those of a repository, or of several: its reviews from the latest on, and what each saw first. The embedded store goes through crossed
// tables in the order in which they stand. PostgreSQL would rather walk the reviews or findings of all repositories, which
// takes long for one that has rested: it does not look into a query with an offset, and a sum has no order that an index
// knows.
const OF_SOME: &str =
    "WITH listed AS (SELECT v.id AS review_id, f.id FROM (SELECT id FROM reviews WHERE TRUE";
const OF_ONE: &str = " AND repository_id = ";
const OF_SEEN: &str =
    " AND repository_id IN (SELECT repository_id FROM readable_repositories WHERE person_id = ";
const OF_SOME_FOUND: &str = ") AS v CROSS JOIN findings f WHERE f.first_review_id = v.id + 0";
// What is shown of them is looked up for those alone that are listed.
const SHOWN: &str = ")
    SELECT listed.review_id, f.id, f.rule, f.name, f.item, f.severity, f.confidence, f.message, f.path, f.line, f.end_line,
        f.state, f.first_seen_at, f.closed_at, f.closed_by, f.closed_reason, f.closed_note, f.change_request_id, c.repository_id, r.forge, r.full_name, c.number,
        c.title, c.web_url, c.state AS request_state, v.key AS review_key, v.head_sha, t.thread_id,
        t.resolved_at AS thread_resolved_at
    FROM listed JOIN findings f ON f.id = listed.id JOIN change_requests c ON c.id = f.change_request_id
    JOIN repositories r ON r.id = c.repository_id JOIN reviews v ON v.id = f.last_review_id
    LEFT JOIN threads t ON t.change_request_id = f.change_request_id AND t.fingerprint = f.fingerprint
    ORDER BY listed.review_id DESC, listed.id";

/// At most `limit` findings behind a place in the list: the latest review's first, and of one review in its order.
pub async fn listed(
    tx: &mut Transaction,
    sees: Sees,
    filter: &Filter,
    behind: Option<Cursor>,
    limit: i64,
) -> Result<Vec<Listed>, StoreError> {
    let dialect = match &tx.inner {
        Inner::Postgres(_) => Dialect { within: " AND strpos(f.path, ", apart: " OFFSET 0" },
        Inner::Sqlite(_) => Dialect { within: " AND instr(f.path, ", apart: "" },
    };
    let statement = statement(filter, sees, &dialect, behind, limit);
    let rows: Vec<ListedRow> = statement.rows(tx).await?;
    rows.into_iter().map(ListedRow::listed).collect()
}

/// What differs between the engines.
struct Dialect {
    /// Where one text is in another.
    within: &'static str,
    /// Keeps an inner query apart from the outer one.
    apart: &'static str,
}

fn statement(
    filter: &Filter,
    sees: Sees,
    dialect: &Dialect,
    behind: Option<Cursor>,
    limit: i64,
) -> Statement {
    let mut statement = Statement::default();
    let review = match (filter.repository_id, sees.person()) {
        (None, None) => {
            statement.sql.push_str(OF_ALL);
            if let Some(behind) = behind {
                statement.number(" AND f.first_review_id <= ", behind.review_id);
            }
            "f.first_review_id"
        }
        (one, person) => {
            statement.sql.push_str(OF_SOME);
            if let Some(id) = one {
                statement.number(OF_ONE, id);
            }
            if let Some(person) = person {
                statement.number(OF_SEEN, person);
                statement.sql.push(')');
            }
            if let Some(behind) = behind {
                statement.number(" AND id <= ", behind.review_id);
            }
            statement.sql.extend([" ORDER BY id DESC", dialect.apart, OF_SOME_FOUND]);
            "v.id"
        }
    };
    if let Some(rule) = &filter.rule {
        statement.text(" AND f.rule = ", rule);
    }
    if let Some(severity) = filter.severity {
        statement.text(" AND f.severity = ", severity.as_str());
    }
    if let Some(path) = &filter.path {
        statement.text(dialect.within, path);
        statement.sql.push_str(") > 0");
    }
    statement.sql.push_str(filter.state.map_or("", FindingState::condition));
    if let Some(behind) = behind {
        statement.number(&format!(" AND ({review} < "), behind.review_id);
        statement.number(" OR f.id > ", behind.id);
        statement.sql.push(')');
    }
    statement.number(&format!(" ORDER BY {review} DESC, f.id LIMIT "), limit);
    statement.sql.push_str(SHOWN);
    statement
}

const NAMES: &str = concat!(
    "SELECT r.forge || ':' || r.full_name FROM repository_totals t JOIN repositories r ON r.id = t.repository_id WHERE ",
    visible!("r.id", "$2"),
    " ORDER BY t.last_review_at DESC NULLS LAST, r.id LIMIT $1"
);

/// Names of repositories with their platforms', as in `platform:full/name`, from the one with the latest review on.
pub async fn repository_names(
    tx: &mut Transaction,
    sees: Sees,
    limit: i64,
) -> Result<Vec<String>, StoreError> {
    Ok(both!(tx, |c| sqlx::query_scalar(NAMES).bind(limit).bind(sees.person()).fetch_all(c).await)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_two_numbers() {
        let cursor: Cursor = "12-345".parse().expect("a cursor");
        assert_eq!(
            (cursor, cursor.to_string()),
            (Cursor { review_id: 12, id: 345 }, "12-345".to_owned())
        );
        let bad = [
            "",
            "-",
            "1",
            "1-",
            "-1",
            "1--2",
            "+1-2",
            "1-2-3",
            "1 -2",
            "x-1",
            "9223372036854775808-1",
        ];
        for text in bad {
            assert_eq!(text.parse::<Cursor>(), Err(()), "{text}");
        }
    }

    #[test]
    fn what_is_asked_for_is_never_part_of_a_statement() {
        let hostile = "'; DROP TABLE findings; --";
        let filter = Filter {
            repository_id: Some(4),
            rule: Some(hostile.to_owned()),
            path: Some(hostile.to_owned()),
            ..Filter::default()
        };
        let statement = statement(
            &filter,
            Sees::All,
            &Dialect { within: " AND instr(f.path, ", apart: "" },
            None,
            9,
        );
        assert!(!statement.sql.contains("DROP"), "{}", statement.sql);
        assert_eq!(statement.values.len(), 4);
    }
}
