//! Which calls clean something up.

use crate::python::{Call, Expr, Function};

/// First words of the names of functions and methods that give something back.
const CLEANS: [&str; 33] = [
    "aclose",
    "aexit",
    "cancel",
    "clean",
    "cleanup",
    "clear",
    "close",
    "deactivate",
    "deregister",
    "detach",
    "discard",
    "disconnect",
    "dispose",
    "exit",
    "kill",
    "logout",
    "pop",
    "quit",
    "release",
    "remove",
    "reset",
    "restore",
    "rmtree",
    "shutdown",
    "stop",
    "teardown",
    "terminate",
    "uninstall",
    "unlink",
    "unload",
    "unlock",
    "unregister",
    "unsubscribe",
];

/// Whether what is called gives something back, by its name.
pub(super) fn cleans(call: Call<'_>) -> bool {
    call.method().is_some_and(is_a_cleaners_name)
}

/// Whether a function of this name gives something back.
pub(super) fn is_a_cleaners_name(name: &str) -> bool {
    let name = name.trim_matches('_');
    let first = name.split('_').next().unwrap_or_default();
    CLEANS.contains(&first) || name == "wait_closed" || name == "tear_down"
}

/// The calls of a function's own code that clean up, in order.
pub(super) fn clean_ups<'m>(function: Function<'m>) -> impl Iterator<Item = Call<'m>> {
    function.expressions().filter_map(Expr::as_call).filter(|call| cleans(*call))
}
