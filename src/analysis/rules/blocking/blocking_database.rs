use super::calls;
use crate::analysis::{Category, Item, Report, Rule, Severity};
use crate::python::{Blocks, Fact, Module};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW504",
    name: "blocking-database",
    item: Some(Item(44)),
    also: &[Item(4)],
    severity: Severity::Critical,
    category: Category::Blocking,
    page: include_str!("blocking_database.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    calls::report(
        module,
        report,
        &[Blocks::Database],
        "waits for the database on the event loop, so every other task waits too",
    );
    let asynchronous = |name: &str| {
        [
            "asyncpg.",
            "psycopg.Async",
            "aiosqlite.",
            "aiomysql.",
            "aiopg.",
            "redis.asyncio.",
            "motor.",
            "pymongo.async",
            "sqlalchemy.ext.asyncio.",
        ]
        .iter()
        .any(|library| name.starts_with(library))
    };
    for call in module.calls_on_the_loop() {
        if call.fact().is_some_and(Fact::is_awaitable)
            && call.name().is_some_and(|name| asynchronous(&name))
        {
            report.satisfied(call.callee());
        }
    }
}
