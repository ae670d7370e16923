use super::calls;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::ExprKind;
use crate::python::{Blocks, Call, Expr, Fact, Module, Value};

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
    for call in module.calls_on_the_loop() {
        if let Some(manager) = manager_of(call).filter(|_| !call.expr().is_awaited()) {
            let method = call.method().unwrap_or_default();
            let message = format!(
                "`{}.{method}` waits for the database on the event loop, so every other task waits too; write `await` and `a{method}`",
                manager.text()
            );
            report.finding(call.callee(), message).confidence(Confidence::Likely);
        }
    }
}

/// Methods of Django's managers and query sets that ask the database at once and have an `a…` form.
const QUERIES: &[&str] = &[
    "aggregate",
    "bulk_create",
    "bulk_update",
    "contains",
    "count",
    "create",
    "delete",
    "earliest",
    "exists",
    "first",
    "get",
    "get_or_create",
    "in_bulk",
    "last",
    "latest",
    "update",
    "update_or_create",
];

/// The manager on whose chain of query sets the call asks Django's database: `User.objects` in
/// `User.objects.filter(…).get()`.
fn manager_of(call: Call<'_>) -> Option<Expr<'_>> {
    call.method().filter(|method| QUERIES.contains(method))?;
    let module = call.expr().module();
    let mut at = call.receiver()?;
    loop {
        match at.kind() {
            ExprKind::Call { callee, .. } => at = module.expr(*callee),
            ExprKind::Subscript { value, .. } => at = module.expr(*value),
            ExprKind::Attribute { value, name } => {
                let inner = module.expr(*value);
                if module.slice(*name) == "objects" {
                    return is_model(inner).then_some(at);
                }
                at = inner;
            }
            _ => return None,
        }
    }
}

/// Whether it is a model of Django: a class of the repository that derives from one, or one imported from a module of models.
fn is_model(class: Expr<'_>) -> bool {
    class.values().iter().all(|value| match value {
        Value::Class(id) => {
            let bases = class.module().project().class(*id).external_bases();
            bases.iter().any(|base| base.starts_with("django."))
        }
        Value::External(name) => name.contains("models.") && !name.starts_with("tortoise."),
        _ => false,
    })
}
