//! Writing rows into an empty store: many with one statement, with triggers at rest.

use sqlx::{AssertSqlSafe, Postgres, QueryBuilder, Sqlite};

use super::super::transaction::Inner;
use super::super::{StoreError, Transaction};
use super::DumpError;
use super::cell::Cell;
use super::tables::{TABLES, Table};

/// Most rows of one statement; engines bind some ten thousands of values at most.
const ROWS: usize = 500;
/// About how many bytes of one statement, at most.
const BYTES: usize = 8 << 20;

const PATIENT: &str = "SELECT set_config('statement_timeout', '0', TRUE),
    set_config('idle_in_transaction_session_timeout', '0', TRUE)";

/// Lets the transaction wait as long as lines take to come.
pub(super) async fn wait_for_lines(tx: &mut Transaction) -> Result<(), StoreError> {
    if let Inner::Postgres(_) = &tx.inner {
        both!(tx, |c| sqlx::query(PATIENT).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}

/// Refuses a store that has rows already.
pub(super) async fn must_be_empty(tx: &mut Transaction) -> Result<(), DumpError> {
    for table in &TABLES {
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {})", table.name);
        let filled: bool =
            both!(tx, |c| sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(c).await)?;
        if filled {
            return Err(DumpError::NotEmpty(table.name));
        }
    }
    Ok(())
}

/// What brings triggers back.
pub(super) struct Triggers(Vec<String>);

const TRIGGERS_SQLITE: &str =
    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name";

/// Puts triggers to rest: what they would write comes with the lines.
pub(super) async fn take_triggers(tx: &mut Transaction) -> Result<Triggers, StoreError> {
    let mut back = Vec::new();
    let mut away = Vec::new();
    if let Inner::Sqlite(c) = &mut tx.inner {
        let triggers: Vec<(String, String)> =
            sqlx::query_as(TRIGGERS_SQLITE).fetch_all(&mut **c).await?;
        for (name, sql) in triggers {
            away.push(format!("DROP TRIGGER {name}"));
            back.push(sql);
        }
    } else {
        for table in &TABLES {
            away.push(format!("ALTER TABLE {} DISABLE TRIGGER USER", table.name));
            back.push(format!("ALTER TABLE {} ENABLE TRIGGER USER", table.name));
        }
    }
    for statement in away {
        execute(tx, statement).await?;
    }
    Ok(Triggers(back))
}

/// Brings triggers back.
pub(super) async fn give_triggers(
    tx: &mut Transaction,
    triggers: Triggers,
) -> Result<(), StoreError> {
    for statement in triggers.0 {
        execute(tx, statement).await?;
    }
    Ok(())
}

/// Lets ids be counted on from the highest. SQLite does so by itself.
pub(super) async fn count_on(tx: &mut Transaction) -> Result<(), StoreError> {
    if let Inner::Sqlite(_) = &tx.inner {
        return Ok(());
    }
    for Table { name, .. } in TABLES.iter().filter(|table| table.counts_ids()) {
        let sql = format!(
            "SELECT setval(pg_get_serial_sequence('{name}', 'id'), COALESCE(max(id), 0) + 1, FALSE) FROM {name}"
        );
        execute(tx, sql).await?;
    }
    Ok(())
}

async fn execute(tx: &mut Transaction, sql: String) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(AssertSqlSafe(sql)).persistent(false).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Rows of one table that are written together.
pub(super) struct Batch {
    table: &'static Table,
    /// Each with the number of its line.
    rows: Vec<(u64, Vec<Cell>)>,
    bytes: usize,
}

impl Batch {
    pub(super) fn new(table: &'static Table) -> Self {
        Self { table, rows: Vec::new(), bytes: 0 }
    }

    /// Whether it has room for a row of this table.
    pub(super) fn takes(&self, table: &Table) -> bool {
        self.table.name == table.name && self.rows.len() < ROWS && self.bytes < BYTES
    }

    pub(super) fn add(&mut self, line: u64, cells: Vec<Cell>) {
        self.bytes += cells.iter().map(Cell::size).sum::<usize>();
        self.rows.push((line, cells));
    }
}

/// Writes the rows. When the store refuses them, they are tried one by one, so that the error names the line.
pub(super) async fn write(tx: &mut Transaction, batch: Option<Batch>) -> Result<(), DumpError> {
    let Some(Batch { table, rows, .. }) = batch else { return Ok(()) };
    execute(tx, "SAVEPOINT batch".to_owned()).await?;
    let Err(error) = insert(tx, table, &rows).await else {
        return Ok(execute(tx, "RELEASE SAVEPOINT batch".to_owned()).await?);
    };
    execute(tx, "ROLLBACK TO SAVEPOINT batch".to_owned()).await?;
    for row in &rows {
        if let Err(error) = insert(tx, table, std::slice::from_ref(row)).await {
            return Err(DumpError::Line { line: row.0, problem: error.to_string() });
        }
    }
    Err(error.into())
}

/// Binds a value to a statement of either engine.
macro_rules! bind {
    ($statement:ident, $cell:ident) => {
        match $cell {
            Cell::Integer(value) => $statement.push_bind(*value),
            Cell::Boolean(value) => $statement.push_bind(*value),
            Cell::Text(value) => $statement.push_bind(value.clone()),
            Cell::Time(value) => $statement.push_bind(*value),
            Cell::Day(value) => $statement.push_bind(*value),
            Cell::Json(value) => $statement.push_bind(value.clone()),
            Cell::Bytes(value) => $statement.push_bind(value.clone()),
        }
    };
}

async fn insert(
    tx: &mut Transaction,
    table: &Table,
    rows: &[(u64, Vec<Cell>)],
) -> Result<(), StoreError> {
    let columns: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
    let (name, columns) = (table.name, columns.join(", "));
    match &mut tx.inner {
        Inner::Postgres(tx) => {
            // Ids are what they were.
            let head = format!("INSERT INTO {name} ({columns}) OVERRIDING SYSTEM VALUE ");
            let mut statement = QueryBuilder::<Postgres>::new(head);
            statement.push_values(rows, |mut row, (_, cells)| {
                for cell in cells {
                    bind!(row, cell);
                }
            });
            statement.build().persistent(false).execute(tx.session()).await?;
        }
        Inner::Sqlite(tx) => {
            let head = format!("INSERT INTO {name} ({columns}) ");
            let mut statement = QueryBuilder::<Sqlite>::new(head);
            statement.push_values(rows, |mut row, (_, cells)| {
                for cell in cells {
                    bind!(row, cell);
                }
            });
            statement.build().persistent(false).execute(&mut **tx).await?;
        }
    }
    Ok(())
}
