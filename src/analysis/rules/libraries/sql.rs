//! SQL statements that coroutines execute: on what, and what they do.

use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Call, Expr, Stmt};

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Reads,
    Writes,
    Begins,
    Ends,
    Other,
}

/// What executes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Driver {
    /// A connection of asyncpg: each statement is committed by itself.
    Asyncpg,
    /// A pool of asyncpg: each statement takes a connection of its own as well.
    AsyncpgPool,
    /// `databases.Database`: each statement is committed by itself.
    Databases,
    Psycopg,
    Aiosqlite,
    Aiomysql,
}

impl Driver {
    const CLASSES: [(&'static str, Self); 9] = [
        ("asyncpg.Connection", Self::Asyncpg),
        ("asyncpg.Pool", Self::AsyncpgPool),
        ("databases.Database", Self::Databases),
        ("psycopg.AsyncConnection", Self::Psycopg),
        ("psycopg.AsyncCursor", Self::Psycopg),
        ("aiosqlite.Connection", Self::Aiosqlite),
        ("aiosqlite.Cursor", Self::Aiosqlite),
        ("aiomysql.Connection", Self::Aiomysql),
        ("aiomysql.Cursor", Self::Aiomysql),
    ];

    /// The driver whose connection, cursor or pool an expression is.
    pub(super) fn of(expr: Expr<'_>) -> Option<Self> {
        Self::CLASSES.iter().find(|(class, _)| expr.is_instance(class)).map(|(_, it)| *it)
    }

    /// Whether each statement outside a transaction is committed by itself.
    pub(super) fn commits_each(self) -> bool {
        matches!(self, Self::Asyncpg | Self::AsyncpgPool | Self::Databases)
    }
}

/// A statement that a call executes.
#[derive(Clone, Copy)]
pub(super) struct Executed<'m> {
    pub(super) call: Call<'m>,
    /// The connection, cursor or pool.
    pub(super) on: Expr<'m>,
    pub(super) driver: Driver,
    pub(super) effect: Effect,
    /// The SQL's text without quotes, if it is known.
    pub(super) sql: &'m str,
    /// Whether the text is the same each time.
    pub(super) constant: bool,
}

/// The statement that a call executes, if it is awaited or entered.
pub(super) fn executed(call: Call<'_>) -> Option<Executed<'_>> {
    const METHODS: [&str; 11] = [
        "copy_records_to_table",
        "copy_to_table",
        "execute",
        "execute_many",
        "executemany",
        "fetch",
        "fetch_all",
        "fetch_one",
        "fetch_val",
        "fetchrow",
        "fetchval",
    ];
    let method = call.method().filter(|it| METHODS.contains(it))?;
    if !call.expr().is_awaited() && call.expr().entered_by().is_none() {
        return None;
    }
    let on = call.receiver()?;
    let driver = Driver::of(on)?;
    if method.starts_with("copy_") {
        return Some(Executed {
            call,
            on,
            driver,
            effect: Effect::Writes,
            sql: method,
            constant: true,
        });
    }
    let (sql, constant) = text(call.argument(0, "query")?)?;
    Some(Executed { call, on, driver, effect: effect(sql), sql, constant })
}

/// The text of an expression that is SQL, and whether it is a constant.
fn text(expr: Expr<'_>) -> Option<(&str, bool)> {
    match expr.kind() {
        ExprKind::Str => Some((unquoted(expr.text()), true)),
        ExprKind::Format(_) => Some((unquoted(expr.text()), false)),
        ExprKind::Binary(parts) => {
            let first = expr.module().expr(*parts.first()?);
            Some((text(first)?.0, false))
        }
        ExprKind::Name => text_of_name(expr).or_else(|| text_elsewhere(expr)),
        ExprKind::Attribute { .. } => text_elsewhere(expr),
        ExprKind::Call { .. } => {
            let call = expr.as_call().filter(|it| it.is("sqlalchemy.text"))?;
            text(call.positional(0)?)
        }
        _ => None,
    }
}

/// The text that a name of the function or the module is bound to.
fn text_of_name(name: Expr<'_>) -> Option<(&str, bool)> {
    let module = name.module();
    let bound = |stmt: Stmt<'_>| match stmt.kind() {
        StmtKind::Assign { targets, value } => {
            let named = targets.iter().any(|id| module.expr(*id).text() == name.text());
            let near = stmt.function().is_none() || stmt.function() == name.function();
            (named && near).then_some(*value)
        }
        _ => None,
    };
    let value = module.expr(module.statements().filter_map(bound).last()?);
    matches!(value.kind(), ExprKind::Str | ExprKind::Format(_)).then(|| text(value))?
}

/// The text of a constant that another file has.
fn text_elsewhere(expr: Expr<'_>) -> Option<(&str, bool)> {
    let literal = expr.literal().filter(|it| matches!(it.kind(), ExprKind::Str))?;
    Some((unquoted(literal.text()), true))
}

/// A literal's text without what stands around it.
fn unquoted(text: &str) -> &str {
    text.trim_start_matches(|c: char| c.is_ascii_alphabetic() && "rbfuRBFU".contains(c))
        .trim_matches(|c: char| c == '(' || c == '"' || c == '\'' || c.is_whitespace())
}

fn effect(sql: &str) -> Effect {
    let word = sql.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    match word.to_ascii_uppercase().as_str() {
        "SELECT" => Effect::Reads,
        "INSERT" | "UPDATE" | "DELETE" | "REPLACE" | "MERGE" => Effect::Writes,
        "WITH" => {
            let sql = sql.to_ascii_uppercase();
            let writes =
                ["INSERT INTO", "UPDATE ", "DELETE FROM"].iter().any(|it| sql.contains(it));
            if writes { Effect::Writes } else { Effect::Reads }
        }
        "BEGIN" => Effect::Begins,
        "START" => Effect::Begins,
        "COMMIT" | "ROLLBACK" | "END" => Effect::Ends,
        _ => Effect::Other,
    }
}

impl Executed<'_> {
    /// The statement's first words, as a message names it: `INSERT INTO users`.
    pub(super) fn brief(&self) -> String {
        let upper = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphabetic());
        let words: Vec<&str> = self.sql.split_whitespace().take(3).collect();
        let count = match words.first().map(|it| it.to_ascii_uppercase()) {
            Some(it) if matches!(it.as_str(), "INSERT" | "DELETE" | "REPLACE") => 3,
            Some(it) if it == "UPDATE" => 2,
            _ => 1,
        };
        let words: Vec<&str> = words
            .into_iter()
            .take(count)
            .map(|it| it.split('(').next().unwrap_or_default())
            .take_while(|it| {
                upper(it) || it.chars().all(|c| c.is_alphanumeric() || "_.".contains(c))
            })
            .collect();
        words.join(" ")
    }
}
