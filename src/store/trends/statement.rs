//! A statement that is written as far as somebody asks for it: its text holds marks alone, never what stands for them.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, FromRow};

use crate::store::{Sees, StoreError, Transaction};

/// What stands for a mark of the statement.
pub(super) enum Value {
    Number(i64),
    Text(String),
    Time(DateTime<Utc>),
    Day(NaiveDate),
}

/// A statement as far as it is written.
#[derive(Default)]
pub(super) struct Statement {
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
}

impl Statement {
    /// Writes a value's mark.
    fn value(&mut self, value: Value) {
        self.values.push(value);
        self.sql.push_str(&format!("${}", self.values.len()));
    }

    pub(super) fn push(&mut self, sql: &str) {
        self.sql.push_str(sql);
    }

    pub(super) fn number(&mut self, sql: &str, number: i64) {
        self.sql.push_str(sql);
        self.value(Value::Number(number));
    }

    pub(super) fn text(&mut self, sql: &str, text: &str) {
        self.sql.push_str(sql);
        self.value(Value::Text(text.to_owned()));
    }

    pub(super) fn time(&mut self, sql: &str, time: DateTime<Utc>) {
        self.sql.push_str(sql);
        self.value(Value::Time(time));
    }

    pub(super) fn day(&mut self, sql: &str, day: NaiveDate) {
        self.sql.push_str(sql);
        self.value(Value::Day(day));
    }

    /// Writes that a repository's row, given by its column, is among those that the reader may see.
    pub(super) fn visible(&mut self, repository: &str, sees: Sees) {
        if let Some(person) = sees.person() {
            let seen = " IN (SELECT repository_id FROM readable_repositories WHERE person_id = ";
            self.number(&format!(" AND {repository}{seen}"), person);
            self.push(")");
        }
    }

    /// Runs it. It is not kept under a name: PostgreSQL looks at the values when it chooses a way then, and what is asked
    /// for is unequally frequent.
    pub(super) async fn rows<T>(self, tx: &mut Transaction) -> Result<Vec<T>, StoreError>
    where
        T: for<'r> FromRow<'r, PgRow> + for<'r> FromRow<'r, SqliteRow> + Send + Unpin,
    {
        let Self { sql, values } = self;
        let sql = AssertSqlSafe(sql);
        Ok(both!(tx, |c| {
            let mut query = sqlx::query_as::<_, T>(sql).persistent(false);
            for value in values {
                query = match value {
                    Value::Number(number) => query.bind(number),
                    Value::Text(text) => query.bind(text),
                    Value::Time(time) => query.bind(time),
                    Value::Day(day) => query.bind(day),
                };
            }
            query.fetch_all(c).await
        })?)
    }
}
