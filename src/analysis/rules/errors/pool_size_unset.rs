use crate::analysis::rules::advice;
use crate::analysis::{Category, Draft, Item, Report, Rule, Severity};
use crate::python::{Call, Expr, ExprKind, Module};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW707",
    name: "pool-size-unset",
    item: Some(Item(63)),
    also: &[Item(53)],
    severity: Severity::Low,
    category: Category::Practice,
    page: include_str!("pool_size_unset.md"),
    check,
};

/// What makes pools of connections, and the argument that bounds them.
const POOLS: [(&str, &str); 9] = [
    ("aiomysql.create_pool", "maxsize"),
    ("aiopg.create_pool", "maxsize"),
    ("asyncmy.create_pool", "maxsize"),
    ("aiopg.sa.create_engine", "maxsize"),
    ("asyncpg.create_pool", "max_size"),
    ("psycopg_pool.AsyncConnectionPool", "max_size"),
    ("redis.asyncio.BlockingConnectionPool", "max_connections"),
    ("redis.asyncio.ConnectionPool", "max_connections"),
    ("sqlalchemy.ext.asyncio.create_async_engine", "pool_size"),
];

/// Beyond this, a server spends its memory on connections.
const ABSURD: u32 = 1000;

fn check(module: &Module, report: &mut Report) {
    for call in module.calls_in_focus() {
        let Some((_, keyword)) = POOLS.iter().find(|(name, _)| call.is(name)) else { continue };
        if call.unpacks() || call.expr().is_dead() || has_no_pool(call) {
            continue;
        }
        match call.keyword(keyword) {
            None => unset(call, keyword, report),
            Some(given) => match number(given.literal().unwrap_or(given)) {
                Some(size) if size == 0 || size > ABSURD => {
                    let draft = absurd(call, keyword, size, report);
                    if let Some(value) = given.literal().filter(|it| *it != given) {
                        draft.related(value, "the size is set here");
                    }
                }
                _ => report.satisfied(call.callee()),
            },
        }
    }
}

/// SQLAlchemy keeps no pool for some databases, and when told so.
fn has_no_pool(call: Call<'_>) -> bool {
    let sqlite = call.positional(0).is_some_and(|url| url.text().contains("sqlite"));
    sqlite || call.keyword("poolclass").is_some()
}

fn number(expr: Expr<'_>) -> Option<u32> {
    match expr.kind() {
        ExprKind::Number => expr.text().replace('_', "").parse().ok(),
        _ => None,
    }
}

fn unset(call: Call<'_>, keyword: &str, report: &mut Report) {
    let name = advice::name_of(call);
    report.finding(
        call.callee(),
        format!("`{name}` is given no size, so how many queries run at once is the library's guess, times the number of processes: in a burst queries wait, or the server refuses connections; set `{keyword}` by what it allows"),
    );
}

fn absurd<'r>(call: Call<'_>, keyword: &str, size: u32, report: &'r mut Report) -> &'r mut Draft {
    let name = advice::name_of(call);
    let effect = if size == 0 {
        "sets no bound at all, so a burst opens connections until the server refuses them"
    } else {
        "is more than a database server carries: each connection costs it a process or megabytes of memory"
    };
    report.finding(
        call.callee(),
        format!("`{keyword}={size}` of `{name}` {effect}; some tens per process are enough"),
    )
}
