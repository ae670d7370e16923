//! Whether the store has the tables and columns that are declared to be moved, and none beside.

use std::collections::BTreeMap;

use super::super::{StoreError, Transaction};
use super::tables::{Kind, LEFT_OUT, TABLES};

const COLUMNS_POSTGRES: &str = "SELECT CAST(c.table_name AS text), CAST(c.column_name AS text), CAST(c.data_type AS text)
    FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'";
const COLUMNS_SQLITE: &str =
    "SELECT t.name, c.name, c.type FROM sqlite_master t JOIN pragma_table_info(t.name) c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'";

/// What the store has beside what is declared, or otherwise, or lacks; each a few words. None of it could be moved.
pub async fn differences(tx: &mut Transaction) -> Result<Vec<String>, StoreError> {
    let sql = tx.pick(COLUMNS_POSTGRES, COLUMNS_SQLITE);
    let types = match tx.pick("postgres", "sqlite") {
        "postgres" => postgres_type,
        _ => sqlite_type,
    };
    let there: Vec<(String, String, String)> =
        both!(tx, |c| sqlx::query_as(sql).fetch_all(c).await)?;
    let mut there: BTreeMap<(String, String), String> = there
        .into_iter()
        .filter(|(table, ..)| !LEFT_OUT.contains(&table.as_str()))
        .map(|(table, column, kind)| ((table, column), kind))
        .collect();
    let mut differences = Vec::new();
    for table in &TABLES {
        for (column, kind) in table.columns {
            let expected = types(*kind);
            let found = there.remove(&(table.name.to_owned(), (*column).to_owned()));
            let what = match found {
                None => "is missing".to_owned(),
                Some(found) if found != expected => format!("is {found}, not {expected}"),
                Some(_) => continue,
            };
            differences.push(format!("{}.{column} {what}", table.name));
        }
    }
    differences.extend(there.keys().map(|(table, column)| format!("{table}.{column} is unknown")));
    Ok(differences)
}

fn postgres_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Integer => "bigint",
        Kind::Boolean => "boolean",
        Kind::Text => "text",
        Kind::Time => "timestamp with time zone",
        Kind::Day => "date",
        Kind::Json => "jsonb",
        Kind::Bytes => "bytea",
    }
}

fn sqlite_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Integer | Kind::Boolean => "INTEGER",
        Kind::Text | Kind::Time | Kind::Day | Kind::Json => "TEXT",
        Kind::Bytes => "BLOB",
    }
}

const VERSION: &str = "SELECT max(version) FROM _sqlx_migrations";

/// The newest migration that was applied.
pub(super) async fn version(tx: &mut Transaction) -> Result<i64, StoreError> {
    Ok(both!(tx, |c| sqlx::query_scalar(VERSION).fetch_one(c).await)?)
}
