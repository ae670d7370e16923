//! A value of a column, between the engines' forms and that of the lines.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde_json::Value;
use sqlx::types::Json;

use super::tables::Kind;

/// A value of a column, or that there is none.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Integer(Option<i64>),
    Boolean(Option<bool>),
    Text(Option<String>),
    Time(Option<DateTime<Utc>>),
    Day(Option<NaiveDate>),
    Json(Option<Json<Value>>),
    Bytes(Option<Vec<u8>>),
}

/// Reads a column of a row of either engine.
macro_rules! cell {
    ($row:expr, $at:expr, $kind:expr) => {
        match $kind {
            $crate::store::dump::tables::Kind::Integer => Cell::Integer($row.try_get($at)?),
            $crate::store::dump::tables::Kind::Boolean => Cell::Boolean($row.try_get($at)?),
            $crate::store::dump::tables::Kind::Text => Cell::Text($row.try_get($at)?),
            $crate::store::dump::tables::Kind::Time => Cell::Time($row.try_get($at)?),
            $crate::store::dump::tables::Kind::Day => Cell::Day($row.try_get($at)?),
            $crate::store::dump::tables::Kind::Json => Cell::Json($row.try_get($at)?),
            $crate::store::dump::tables::Kind::Bytes => Cell::Bytes($row.try_get($at)?),
        }
    };
}

impl Cell {
    /// As lines have it: the same for the same value on both engines.
    pub(super) fn into_json(self) -> Value {
        match self {
            Cell::Integer(value) => value.into(),
            Cell::Boolean(value) => value.into(),
            Cell::Text(value) => value.into(),
            // PostgreSQL knows no shorter times.
            Cell::Time(value) => {
                value.map(|time| time.to_rfc3339_opts(SecondsFormat::Micros, true)).into()
            }
            Cell::Day(value) => value.map(|day| day.to_string()).into(),
            Cell::Json(None) => Value::Null,
            Cell::Json(Some(Json(mut value))) => {
                // PostgreSQL has an order of its own.
                value.sort_all_objects();
                value
            }
            Cell::Bytes(value) => value.map(|bytes| STANDARD.encode(bytes)).into(),
        }
    }

    /// From what a line has; `None` when that is nothing of this kind.
    pub(super) fn from_json(kind: Kind, value: Value) -> Option<Self> {
        let text = |value: Value| match value {
            Value::String(text) => Some(text),
            _ => None,
        };
        Some(match (kind, value) {
            (Kind::Json, Value::Null) => Cell::Json(None),
            (Kind::Json, value) => Cell::Json(Some(Json(value))),
            (Kind::Integer, Value::Null) => Cell::Integer(None),
            (Kind::Boolean, Value::Null) => Cell::Boolean(None),
            (Kind::Text, Value::Null) => Cell::Text(None),
            (Kind::Time, Value::Null) => Cell::Time(None),
            (Kind::Day, Value::Null) => Cell::Day(None),
            (Kind::Bytes, Value::Null) => Cell::Bytes(None),
            (Kind::Integer, value) => Cell::Integer(Some(value.as_i64()?)),
            (Kind::Boolean, value) => Cell::Boolean(Some(value.as_bool()?)),
            (Kind::Text, value) => Cell::Text(Some(text(value)?)),
            (Kind::Time, value) => Cell::Time(Some(text(value)?.parse().ok()?)),
            (Kind::Day, value) => Cell::Day(Some(text(value)?.parse().ok()?)),
            (Kind::Bytes, value) => Cell::Bytes(Some(STANDARD.decode(text(value)?).ok()?)),
        })
    }

    /// About how many bytes it holds.
    pub(super) fn size(&self) -> usize {
        match self {
            Cell::Text(Some(text)) => text.len(),
            Cell::Bytes(Some(bytes)) => bytes.len(),
            _ => 16,
        }
    }
}
