//! From the store to lines.

use chrono::{DateTime, SecondsFormat, Utc};
use futures::TryStreamExt;
use serde_json::{Map, Value, json};
use sqlx::{AssertSqlSafe, Row};
use tokio::sync::mpsc::Sender;

use super::super::Transaction;
use super::cell::Cell;
use super::tables::{TABLES, Table};
use super::{DumpError, FORMAT, schema};

/// Writes everything that is moved, as the transaction sees it. Returns how many rows there were.
///
/// # Errors
/// Also when the store has something that would be lost.
pub async fn export(
    tx: &mut Transaction,
    lines: &Sender<String>,
    now: DateTime<Utc>,
) -> Result<u64, DumpError> {
    let differences = schema::differences(tx).await?;
    if !differences.is_empty() {
        return Err(DumpError::OtherSchema(differences.join(", ")));
    }
    let head = json!({
        "asyncwarden": env!("CARGO_PKG_VERSION"),
        "format": FORMAT,
        "schema": schema::version(tx).await?,
        "written_at": now.to_rfc3339_opts(SecondsFormat::Secs, true),
    });
    send(lines, head).await?;
    let mut rows = 0;
    for table in &TABLES {
        rows += rows_of(tx, table, lines).await?;
    }
    send(lines, json!({ "rows": rows })).await?;
    Ok(rows)
}

async fn rows_of(
    tx: &mut Transaction,
    table: &Table,
    lines: &Sender<String>,
) -> Result<u64, DumpError> {
    let columns: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
    let sql = format!("SELECT {} FROM {} ORDER BY {}", columns.join(", "), table.name, table.key);
    let mut count = 0;
    both!(tx, |c| {
        let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(c);
        while let Some(row) = rows.try_next().await? {
            let mut fields = Map::new();
            for (at, (name, kind)) in table.columns.iter().enumerate() {
                fields.insert((*name).to_owned(), cell!(row, at, kind).into_json());
            }
            (table.moved)(&mut fields);
            send(lines, json!({ "table": table.name, "row": fields })).await?;
            count += 1;
        }
    });
    Ok(count)
}

async fn send(lines: &Sender<String>, line: Value) -> Result<(), DumpError> {
    lines.send(line.to_string()).await.map_err(|_| DumpError::NotTaken)
}
