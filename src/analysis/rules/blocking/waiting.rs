//! Whether a call of a blocking function waits at all: what it is told, and when it is made.

use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Blocks, Call, Expr, Stmt};

/// Whether the call waits, as far as its arguments say.
pub(super) fn waits(call: Call<'_>, with: Blocks) -> bool {
    match with {
        Blocks::Thread => {
            let never = |name| call.keyword(name).is_some_and(|arg| is_false_or_zero(arg));
            let first = call.positional(0).is_some_and(|arg| is_false_or_zero(arg));
            let named = ["block", "blocking", "wait", "timeout"].into_iter().any(never);
            !(named || (first && call.method() != Some("wait")))
        }
        Blocks::Network => !(is_nonblocking_socket(call) || is_ready(call) || asks_nobody(call)),
        Blocks::File => !(is_in_memory(call) || is_ready(call) || is_null_device(call)),
        Blocks::Legacy => !is_nonblocking_port(call),
        Blocks::Process => !(has_ended(call) || only_asks(call)),
        // It sleeps for the interval that it measures, and only if there is one.
        Blocks::Sleep if is_measurement(call) => call
            .argument(0, "interval")
            .is_some_and(|it| !is_false_or_zero(it) && !matches!(it.kind(), ExprKind::None)),
        _ => true,
    }
}

/// `psutil.cpu_percent` and its like.
pub(super) fn is_measurement(call: Call<'_>) -> bool {
    call.name().is_some_and(|name| name.starts_with("psutil."))
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

/// Transfers that take what is there, when they are told not to wait or something is there.
const TRANSFERS: [&str; 14] = [
    "os.read",
    "os.readv",
    "os.write",
    "os.writev",
    "socket.socket.accept",
    "socket.socket.connect",
    "socket.socket.recv",
    "socket.socket.recv_into",
    "socket.socket.recvfrom",
    "socket.socket.recvfrom_into",
    "socket.socket.recvmsg",
    "socket.socket.sendall",
    "ssl.SSLSocket.read",
    "ssl.SSLSocket.write",
];

/// Whether a transfer is made when the loop has said that it can be, or is told by an exception that it can't yet.
fn is_ready(call: Call<'_>) -> bool {
    call.is_any(&TRANSFERS) && (is_refused_instead(call) || is_in_a_watcher(call))
}

/// `os.waitpid(pid, os.WNOHANG)`
fn only_asks(call: Call<'_>) -> bool {
    call.args().iter().any(|arg| arg.value.text().contains("WNOHANG"))
}

/// Whether a process is waited for that the function has polled in a loop until it ended.
fn has_ended(call: Call<'_>) -> bool {
    let Some(function) = call.expr().function().filter(|_| call.method() == Some("wait")) else {
        return false;
    };
    let module = call.module();
    let polls = |stmt: Stmt<'_>| match stmt.kind() {
        StmtKind::While { test, .. } => module.expr(*test).text().contains("poll()"),
        _ => false,
    };
    function.statements().any(|stmt| stmt.span().end <= call.span().start && polls(stmt))
}

/// Whether a handler for `BlockingIOError` stands around the call: only what never waits raises that.
fn is_refused_instead(call: Call<'_>) -> bool {
    let function = call.expr().function();
    let module = call.module();
    let mut around = call.expr().stmt().ancestors().take_while(|it| it.function() == function);
    around.any(|stmt| {
        let StmtKind::Try { body, handlers, .. } = stmt.kind() else { return false };
        let refused = |expr: Expr<'_>| match expr.kind() {
            ExprKind::Tuple(parts) => {
                parts.iter().any(|id| module.expr(*id).is("builtins.BlockingIOError"))
            }
            _ => expr.is("builtins.BlockingIOError"),
        };
        body.iter().any(|id| module.stmt(*id).span().contains(call.span()))
            && handlers.iter().filter_map(|it| it.exceptions).any(|id| refused(module.expr(id)))
    })
}

/// Whether the function around the call is one that the loop calls when a file descriptor is ready.
fn is_in_a_watcher(call: Call<'_>) -> bool {
    let Some(function) = call.expr().function() else { return false };
    call.module().calls().any(|other| {
        matches!(other.method(), Some("add_reader" | "add_writer"))
            && other.positional(1).is_some_and(|it| it.functions().contains(&function))
    })
}

/// Whether the network is not asked: a time-out of 0, an address that is given in numbers, a socket without connections.
fn asks_nobody(call: Call<'_>) -> bool {
    let none_left =
        |at, name| call.argument(at, name).is_some_and(|timeout| is_false_or_zero(timeout));
    if call.is("select.select") {
        return none_left(3, "timeout");
    }
    if call.is_any(&["select.Poll.poll", "selectors.DefaultSelector.select"]) {
        return none_left(0, "timeout");
    }
    if call.is("socket.getaddrinfo") {
        return call.argument(5, "flags").is_some_and(|flags| flags.text().contains("NUMERIC"));
    }
    call.is("socket.socket.connect") && is_datagram(call)
}

/// Whether the socket sends datagrams: to connect it only notes the address.
fn is_datagram(call: Call<'_>) -> bool {
    let Some(socket) = call.receiver() else { return false };
    let holds = |name: &Expr<'_>| {
        name.text() == socket.text()
            && (name.as_name().is_none() || name.function() == socket.function())
    };
    call.module().calls().filter(|made| made.is("socket.socket")).any(|made| {
        made.args().iter().any(|arg| arg.value.text().ends_with("SOCK_DGRAM"))
            && made.expr().bound_to().iter().any(holds)
    })
}

fn is_null_device(call: Call<'_>) -> bool {
    call.positional(0).is_some_and(|path| path.is("os.devnull"))
}

/// Whether a serial port was told somewhere in the file to give what it has: `port.timeout = 0`.
fn is_nonblocking_port(call: Call<'_>) -> bool {
    let Some(port) = call.receiver().filter(|it| it.is_instance("serial.Serial")) else {
        return false;
    };
    let module = call.module();
    module.statements().any(|stmt| {
        let StmtKind::Assign { targets, value } = stmt.kind() else { return false };
        is_false_or_zero(module.expr(*value))
            && targets
                .iter()
                .any(|id| module.expr(*id).text().strip_prefix(port.text()) == Some(".timeout"))
    })
}
