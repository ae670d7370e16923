//! From lines to an empty store.

use std::io;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc::Receiver;

use super::super::Transaction;
use super::super::audit::{self, Action, Actor};
use super::cell::Cell;
use super::load::{self, Batch};
use super::tables::{Kind, TABLES, Table};
use super::{DumpError, FORMAT, schema};

/// Fills the store, which must be empty, with what lines hold; ids stay what they were. When anything goes wrong the
/// transaction must not be committed. Returns how many rows there were.
///
/// # Errors
/// [`DumpError::Line`] says which line can't be used, and why.
pub async fn import(
    tx: &mut Transaction,
    lines: &mut Receiver<io::Result<String>>,
    now: DateTime<Utc>,
) -> Result<u64, DumpError> {
    let differences = schema::differences(tx).await?;
    if !differences.is_empty() {
        return Err(DumpError::OtherSchema(differences.join(", ")));
    }
    load::wait_for_lines(tx).await?;
    // First, since nobody else writes from then on.
    let triggers = load::take_triggers(tx).await?;
    load::must_be_empty(tx).await?;
    let mut reader = Reader { lines, line: 0 };
    reader.head(schema::version(tx).await?).await?;
    let rows = copy(tx, &mut reader).await?;
    load::give_triggers(tx, triggers).await?;
    load::count_on(tx).await?;
    let details = json!({ "rows": rows });
    audit::note(tx, Actor::Operator, Action::Import, "store", details, now).await?;
    Ok(rows)
}

async fn copy(tx: &mut Transaction, reader: &mut Reader<'_>) -> Result<u64, DumpError> {
    let mut batch: Option<Batch> = None;
    let mut rows = 0;
    loop {
        match reader.next().await? {
            None => return Err(DumpError::CutOff(reader.line)),
            Some(Line::Row { table, row }) => {
                let (table, cells) = reader.row(&table, row)?;
                let mut current = match batch.take() {
                    Some(batch) if batch.takes(table) => batch,
                    full => {
                        load::write(tx, full).await?;
                        Batch::new(table)
                    }
                };
                current.add(reader.line, cells);
                batch = Some(current);
                rows += 1;
            }
            Some(Line::End { rows: counted }) if counted == rows => break,
            Some(Line::End { rows: counted }) => {
                return Err(reader.refuse(format!("there should be {counted} rows, not {rows}")));
            }
        }
    }
    load::write(tx, batch).await?;
    match reader.next().await? {
        Some(_) => Err(reader.refuse("there is something behind the end")),
        None => Ok(rows),
    }
}

/// A line that is not the first.
#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Line {
    Row { table: String, row: Map<String, Value> },
    End { rows: u64 },
}

#[derive(Deserialize)]
struct Head {
    asyncwarden: String,
    format: u64,
    schema: i64,
}

struct Reader<'a> {
    lines: &'a mut Receiver<io::Result<String>>,
    /// 1-based number of the line that was read last.
    line: u64,
}

impl Reader<'_> {
    fn refuse(&self, problem: impl Into<String>) -> DumpError {
        DumpError::Line { line: self.line, problem: problem.into() }
    }

    async fn text(&mut self) -> Result<Option<String>, DumpError> {
        let Some(line) = self.lines.recv().await else { return Ok(None) };
        self.line += 1;
        line.map(Some).map_err(|error| self.refuse(error.to_string()))
    }

    async fn head(&mut self, schema: i64) -> Result<(), DumpError> {
        let text = self.text().await?.unwrap_or_default();
        // Also where there is none.
        self.line = 1;
        let head: Head = serde_json::from_str(&text)
            .map_err(|_| self.refuse("this is no export of asyncwarden's store"))?;
        if head.format == FORMAT && head.schema == schema {
            return Ok(());
        }
        let Head { asyncwarden, format, schema: theirs } = head;
        Err(self.refuse(format!(
            "version {asyncwarden} wrote it (format {format}, schema {theirs}), and this one reads format {FORMAT}, \
             schema {schema}: import it with the version that wrote it, then update"
        )))
    }

    async fn next(&mut self) -> Result<Option<Line>, DumpError> {
        let Some(text) = self.text().await? else { return Ok(None) };
        match serde_json::from_str(&text) {
            Ok(line) => Ok(Some(line)),
            Err(error) if error.is_data() => Err(self.refuse("it is neither a row nor the end")),
            Err(error) => Err(self.refuse(format!("it is not JSON: {error}"))),
        }
    }

    /// The line's table, and the row's values in the order of the table's columns.
    fn row(
        &self,
        table: &str,
        mut row: Map<String, Value>,
    ) -> Result<(&'static Table, Vec<Cell>), DumpError> {
        let known = TABLES.iter().find(|known| known.name == table);
        let table = known.ok_or_else(|| self.refuse(format!("there is no table {table}")))?;
        let mut cells = Vec::with_capacity(table.columns.len());
        for (name, kind) in table.columns {
            let value = row.remove(*name);
            let value =
                value.ok_or_else(|| self.refuse(format!("{}.{name} is missing", table.name)))?;
            let cell = Cell::from_json(*kind, value);
            cells.push(cell.ok_or_else(|| {
                self.refuse(format!("{}.{name} is not {}", table.name, words(*kind)))
            })?);
        }
        match row.keys().next() {
            Some(unknown) => Err(self.refuse(format!("{} has no column {unknown}", table.name))),
            None => Ok((table, cells)),
        }
    }
}

fn words(kind: Kind) -> &'static str {
    match kind {
        Kind::Integer => "a whole number",
        Kind::Boolean => "true or false",
        Kind::Text => "a text",
        Kind::Time => "a time",
        Kind::Day => "a day",
        Kind::Json => "JSON",
        Kind::Bytes => "base64",
    }
}
