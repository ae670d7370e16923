//! Blocking calls on the event loop's thread: what the rules about blocking have in common.

use std::collections::HashSet;

use crate::analysis::rules::advice;
use crate::analysis::{Report, Severity};
use crate::python::ast::ExprKind;
use crate::python::{Blocks, Call, Expr, Fact, Kind, Module};

/// Reports calls on the loop that block in one of these ways. `what` says what happens meanwhile.
pub(in crate::analysis::rules) fn report(
    module: &Module,
    report: &mut Report,
    kinds: &[Blocks],
    what: &str,
) {
    report_if(module, report, kinds, what, |_| true);
}

/// [`report`] of those calls that the condition holds for.
pub(in crate::analysis::rules) fn report_if(
    module: &Module,
    report: &mut Report,
    kinds: &[Blocks],
    what: &str,
    wanted: impl Fn(Call<'_>) -> bool,
) {
    let mut opened = HashSet::new();
    for call in module.calls_on_the_loop().filter(|call| wanted(*call)) {
        let follows = call.receiver().is_some_and(|receiver| opened.contains(&root(receiver).id()));
        let mut opens = follows;
        if let Some(fact) = blocking(call, kinds) {
            let path = |class| module.library().derives(class, "pathlib.PurePath");
            opens |= fact.kind == Kind::Class || fact.gives.is_some_and(|class| !path(class));
            let instead = advice::instead_of(fact, report.target());
            let name = advice::name_of(call);
            let draft = report.finding(call.callee(), format!("`{name}` {what}; {instead}"));
            if fact.cheap || follows {
                draft.severity(Severity::Low);
            } else if is_brief(call) {
                draft.severity(Severity::Medium);
            }
        }
        if !opens {
            continue;
        }
        // What this call gives is opened here: a repair of the opening changes all that follows from it.
        let names = call.expr().bound_to().into_iter().filter(|name| name.as_name().is_some());
        opened.extend(names.flat_map(Expr::uses).map(Expr::id));
    }
}

/// The fact of a call that really blocks here, in one of these ways.
pub(in crate::analysis::rules) fn blocking<'m>(
    call: Call<'m>,
    kinds: &[Blocks],
) -> Option<Fact<'m>> {
    let fact = call.fact()?;
    let with = fact.blocks.filter(|with| kinds.contains(with))?;
    let reported = !call.expr().is_awaited() && waits(call, with) && !is_wrapped(call);
    reported.then_some(fact)
}

/// Ways of blocking other than computing.
pub(in crate::analysis::rules) const WAITS: [Blocks; 9] = [
    Blocks::Sleep,
    Blocks::Http,
    Blocks::File,
    Blocks::Database,
    Blocks::Process,
    Blocks::Network,
    Blocks::Console,
    Blocks::Thread,
    Blocks::Legacy,
];

/// Whether the call waits for something for more than a moment.
pub(in crate::analysis::rules) fn blocks(call: Call<'_>) -> bool {
    blocking(call, &WAITS).is_some_and(|fact| !fact.cheap)
}

/// Calls that change or list a folder's entries: the disk is asked, but for a moment, as a rule.
const BRIEF: [&str; 32] = [
    "glob.glob",
    "glob.iglob",
    "os.chmod",
    "os.link",
    "os.listdir",
    "os.makedirs",
    "os.mkdir",
    "os.remove",
    "os.removedirs",
    "os.rename",
    "os.renames",
    "os.replace",
    "os.rmdir",
    "os.scandir",
    "os.symlink",
    "os.unlink",
    "os.utime",
    "pathlib.Path.chmod",
    "pathlib.Path.glob",
    "pathlib.Path.hardlink_to",
    "pathlib.Path.iterdir",
    "pathlib.Path.mkdir",
    "pathlib.Path.rename",
    "pathlib.Path.replace",
    "pathlib.Path.rglob",
    "pathlib.Path.rmdir",
    "pathlib.Path.symlink_to",
    "pathlib.Path.touch",
    "pathlib.Path.unlink",
    "tempfile.TemporaryDirectory",
    "tempfile.mkdtemp",
    "tempfile.mkstemp",
];

/// Whether the call blocks for a moment only, as a rule.
pub(in crate::analysis::rules) fn is_brief(call: Call<'_>) -> bool {
    call.fact().is_some_and(|fact| fact.cheap) || call.is_any(&BRIEF)
}

/// Whether the file that is opened here becomes an asynchronous one at once.
fn is_wrapped(call: Call<'_>) -> bool {
    let outer = call.expr().parent_expr().and_then(Expr::as_call);
    outer.is_some_and(|outer| outer.is_any(&["anyio.wrap_file", "trio.wrap_file"]))
}

/// Whether the call waits, as far as its arguments say.
fn waits(call: Call<'_>, with: Blocks) -> bool {
    match with {
        Blocks::Thread => {
            let never = |name| call.keyword(name).is_some_and(|arg| is_false_or_zero(arg));
            let first = call.positional(0).is_some_and(|arg| is_false_or_zero(arg));
            let named = ["block", "blocking", "wait", "timeout"].into_iter().any(never);
            !(named || (first && call.method() != Some("wait")))
        }
        Blocks::Network => !is_nonblocking_socket(call),
        Blocks::File => !is_in_memory(call),
        // It sleeps for the interval that it measures, and only if there is one.
        Blocks::Sleep if call.method() != Some("sleep") => call
            .argument(0, "interval")
            .is_some_and(|it| !is_false_or_zero(it) && !matches!(it.kind(), ExprKind::None)),
        _ => true,
    }
}

fn is_false_or_zero(expr: Expr<'_>) -> bool {
    match expr.kind() {
        ExprKind::Bool(value) => !value,
        ExprKind::Number => matches!(expr.text(), "0" | "0.0"),
        _ => false,
    }
}

/// Whether the socket was told not to block: `sock.setblocking(False)`, `sock.settimeout(0)` somewhere in the file.
fn is_nonblocking_socket(call: Call<'_>) -> bool {
    let Some(socket) = call.receiver().filter(|it| it.is_instance("socket.socket")) else {
        return false;
    };
    // A local name means the same socket only within its function.
    let local = socket.as_name().is_some();
    call.expr().module().calls().any(|other| {
        matches!(other.method(), Some("setblocking" | "settimeout"))
            && (!local || other.expr().function() == socket.function())
            && other.receiver().is_some_and(|it| it.text() == socket.text())
            && other.positional(0).is_some_and(is_false_or_zero)
    })
}

/// Whether the file is one in memory: `ZipFile(BytesIO(data))`, and what is asked of it.
fn is_in_memory(call: Call<'_>) -> bool {
    let given = |call: Call<'_>| call.args().iter().any(|arg| is_buffer(arg.value));
    if given(call) {
        return true;
    }
    let Some(receiver) = call.receiver().filter(|it| it.as_name().is_some()) else { return false };
    let Some(function) = receiver.function() else { return false };
    let opened =
        |other: &Call<'_>| {
            given(*other)
                && other.expr().bound_to().iter().any(|name| {
                    name.as_name() == receiver.as_name() && name.uses().contains(&receiver)
                })
        };
    function.expressions().filter_map(Expr::as_call).any(|other| opened(&other))
}

fn is_buffer(expr: Expr<'_>) -> bool {
    ["io.BytesIO", "io.StringIO", "tempfile.SpooledTemporaryFile"]
        .iter()
        .any(|class| expr.is_instance(class))
}

/// The first name of `a.b().c`.
fn root(expr: Expr<'_>) -> Expr<'_> {
    let mut expr = expr;
    loop {
        let inner = match expr.kind() {
            ExprKind::Attribute { value, .. } | ExprKind::Subscript { value, .. } => *value,
            ExprKind::Call { callee, .. } => *callee,
            _ => return expr,
        };
        expr = expr.module().expr(inner);
    }
}
