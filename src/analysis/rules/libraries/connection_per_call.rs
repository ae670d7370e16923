use crate::analysis::rules::advice;
use crate::analysis::rules::libraries::occasions::{
    is_handler, is_meant_for_one_turn, is_seldom_called, looped, runs_once,
};
use crate::analysis::rules::openers::Origin;
use crate::analysis::rules::ownership::{Owner, owner};
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Call, Expr, Function, Module, Tag};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW607",
    name: "connection-per-call",
    item: Some(Item(53)),
    also: &[],
    severity: Severity::Medium,
    category: Category::Practice,
    page: include_str!("connection_per_call.md"),
    check,
};

/// What connects to a database server, and what makes a pool of such connections.
const CONNECTS: [(&str, &str); 6] = [
    ("asyncpg.connect", "`asyncpg.create_pool`"),
    ("psycopg.AsyncConnection.connect", "`psycopg_pool.AsyncConnectionPool`"),
    ("aiomysql.connect", "`aiomysql.create_pool`"),
    ("asyncmy.connect", "`asyncmy.create_pool`"),
    ("aiopg.connect", "`aiopg.create_pool`"),
    ("oracledb.connect_async", "`oracledb.create_pool_async`"),
];

fn check(module: &Module, report: &mut Report) {
    for call in module.calls_in_focus() {
        let Some(function) = call.expr().function() else { continue };
        if call.expr().is_dead() {
            continue;
        }
        let made = Origin::of(call).map_or(call, |it| it.by);
        if made.has(Tag::Pool) {
            pool(call, function, report);
        } else if let Some((_, pool)) = CONNECTS.iter().find(|it| made.is(it.0)) {
            connection(call, function, pool, report);
        } else if call.method() == Some("acquire") && is_pool(call) {
            report.satisfied(call.callee());
        }
    }
}

fn is_pool(call: Call<'_>) -> bool {
    let pools = ["asyncpg.Pool", "aiomysql.Pool", "aiopg.Pool"];
    call.receiver().is_some_and(|it| pools.iter().any(|class| it.is_instance(class)))
}

/// A pool that is made where a connection of a lasting one belongs.
fn pool(call: Call<'_>, function: Function<'_>, report: &mut Report) {
    let own = match owner(call) {
        Owner::With(_) | Owner::Local { .. } => true,
        // Of an engine nothing but a session may be wanted.
        Owner::Nobody => call.expr().is_awaited(),
        Owner::Other => false,
    };
    if !own || !is_handler(function) {
        return;
    }
    let name = advice::name_of(call);
    report.finding(
        call.callee(),
        format!("`{name}` makes a whole pool for each request that `{}` handles, which connects anew each time and bounds nothing; make it once at start-up and share it", function.name()),
    );
}

fn connection(call: Call<'_>, function: Function<'_>, pool: &str, report: &mut Report) {
    let uses: Vec<Expr<'_>> = match owner(call) {
        Owner::Other => return,
        Owner::Nobody => Vec::new(),
        Owner::With(_) => call.expr().bound_to().into_iter().flat_map(Expr::uses).collect(),
        Owner::Local { uses, .. } => uses,
    };
    if stays(&uses) || is_about_databases(call) {
        return;
    }
    let name = advice::name_of(call);
    if is_handler(function) {
        report.finding(
            call.callee(),
            format!("`{name}` connects anew for each request that `{}` handles, and nothing bounds how many connections are open at once; make a pool with {pool} at start-up and take a connection from it here", function.name()),
        );
    } else if looped(call).is_some() {
        if !is_meant_for_one_turn(call) && !connects_until_it_works(call) {
            report
                .finding(
                    call.callee(),
                    format!("`{name}` connects anew in each turn of the loop; connect once before the loop, or take connections from a pool of {pool}"),
                )
                .confidence(Confidence::Likely);
        }
    } else if !runs_once(function) {
        let seldom = is_seldom_called(function) || is_told_where(call, function);
        report
            .finding(
                call.callee(),
                format!("Each call of `{}` pays for a new connection, and nothing bounds how many are open at once; take one from a pool that {pool} makes once", function.name()),
            )
            .confidence(if seldom { Confidence::Possible } else { Confidence::Likely });
    }
}

/// Whether the connection is one to keep: for notifications, or for a session that lasts.
fn stays(uses: &[Expr<'_>]) -> bool {
    const STAYS: [&str; 4] = ["add_listener", "notifies", "add_notify_handler", "add_log_listener"];
    let waits = |used: &Expr<'_>| {
        let mut around = used.stmt().ancestors().take_while(|it| it.function() == used.function());
        around.any(|it| matches!(it.kind(), StmtKind::While { .. }))
    };
    uses.iter().any(|used| {
        let taken = used.parent_expr().map(Expr::kind);
        let stays = matches!(taken, Some(ExprKind::Attribute { name, .. }) if STAYS.contains(&used.module().slice(*name)));
        stays || waits(used)
    })
}

/// Whether the function deals with databases as a whole, which a pool of connections to one of them can't do.
fn is_about_databases(call: Call<'_>) -> bool {
    const COMMANDS: [&str; 5] =
        ["create database", "drop database", "create extension", "create role", "pg_database"];
    let Some(function) = call.expr().function() else { return false };
    let text = function.text().to_lowercase();
    COMMANDS.iter().any(|it| text.contains(it))
}

/// Whether a loop is there to try again until the connection stands.
fn connects_until_it_works(call: Call<'_>) -> bool {
    let Some(turns) = looped(call) else { return false };
    let within = turns.span();
    let mut around = call.expr().stmt().ancestors().take_while(|it| within.contains(it.span()));
    let tried = around
        .any(|it| matches!(it.kind(), StmtKind::Try { handlers, .. } if !handlers.is_empty()));
    let leaves = |it: crate::python::Stmt<'_>| {
        matches!(it.kind(), StmtKind::Break | StmtKind::Return(_))
            && it.function() == turns.function()
    };
    tried && turns.with_inner().any(leaves)
}

/// Whether the caller says where to connect to: it may be another place each time.
fn is_told_where(call: Call<'_>, function: Function<'_>) -> bool {
    let module = function.module();
    let params: Vec<&str> =
        function.node().params.iter().map(|param| module.slice(param.name)).collect();
    let told = |it: Expr<'_>| {
        let words = it.text().split(|c: char| !(c.is_alphanumeric() || c == '_'));
        words.into_iter().any(|word| word != "self" && params.contains(&word))
    };
    call.args().iter().any(|arg| told(arg.value))
}
