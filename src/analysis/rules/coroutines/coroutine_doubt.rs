//! Part of AW202: calls of which it is not sure that they make a coroutine, or that it is dropped unknowingly.

use crate::analysis::rules::remarks;
use crate::python::{Call, Function};

/// Whether the finding is not worth a comment of its own.
pub(super) fn is_doubtful(call: Call<'_>) -> bool {
    may_be_older(call) || is_known_to_be_dropped(call)
}

/// Libraries whose methods became coroutines in a version that a project may not have yet.
const BECAME_ASYNCHRONOUS: [&str; 3] = ["aioesphomeapi.", "pymodbus.", "telegram."];

/// Whether a synchronous function calls a method of such a library: its authors took it for a plain one.
fn may_be_older(call: Call<'_>) -> bool {
    let turned = |name: String| BECAME_ASYNCHRONOUS.iter().any(|it| name.starts_with(it));
    call.name().is_some_and(turned) && !call.expr().function().is_some_and(Function::is_async)
}

/// Whether a comment tells the type checker that the coroutine is dropped on purpose.
fn is_known_to_be_dropped(call: Call<'_>) -> bool {
    remarks::says(call.module(), call.expr().stmt(), &["unused-coroutine"])
}
