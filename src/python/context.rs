//! Where code runs: on the event loop, in a thread, or nobody knows.

use super::ast::*;
use super::handles::{Call, Expr, Function};
use super::module::Module;
use super::value::Value;
use super::{FunctionRef, Runner};

/// Where a piece of code runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Context {
    /// On the event loop's thread, while the loop runs.
    Loop,
    /// In another thread or process.
    Thread,
    /// Never: behind a `return`, under `if False` or `if TYPE_CHECKING`.
    Never,
    /// Synchronous code of which nobody says where it runs: functions of the module, module level.
    Unknown,
}

/// Classes whose methods the event loop calls.
const PROTOCOLS: [&str; 5] = [
    "asyncio.Protocol",
    "asyncio.BaseProtocol",
    "asyncio.BufferedProtocol",
    "asyncio.DatagramProtocol",
    "asyncio.SubprocessProtocol",
];

/// Methods of such classes that the event loop calls.
const PROTOCOL_METHODS: [&str; 13] = [
    "connection_made",
    "connection_lost",
    "data_received",
    "eof_received",
    "get_buffer",
    "buffer_updated",
    "datagram_received",
    "error_received",
    "pause_writing",
    "resume_writing",
    "pipe_data_received",
    "pipe_connection_lost",
    "process_exited",
];

/// Where each function's body runs, by the function's number.
#[derive(Debug)]
pub(super) struct Contexts {
    of: Vec<Context>,
}

impl Contexts {
    pub(super) fn of(&self, id: FunctionId) -> Context {
        self.of[id.0 as usize]
    }

    pub(super) fn new(module: Module<'_>) -> Self {
        let start = |it: &FunctionNode| if it.is_async { Context::Loop } else { Context::Unknown };
        let mut contexts = Self { of: module.syntax().functions.iter().map(start).collect() };
        for class in module.classes() {
            contexts.protocol(class);
        }
        // Inner functions come after outer ones, so that what the caller runs at once knows its context.
        for call in module.calls() {
            contexts.hand_over(module, call);
        }
        for function in module.functions() {
            if let Some(context) = decorated(function) {
                contexts.set(function.id(), context);
            }
            contexts.called_at_once(function);
        }
        contexts
    }

    fn set(&mut self, id: FunctionId, context: Context) {
        if self.of[id.0 as usize] == Context::Unknown {
            self.of[id.0 as usize] = context;
        }
    }

    fn protocol(&mut self, class: super::Class<'_>) {
        let named: Vec<Function<'_>> = class
            .methods()
            .into_iter()
            .filter(|method| PROTOCOL_METHODS.contains(&method.name()))
            .collect();
        if named.is_empty() {
            return;
        }
        let bases = class.external_bases();
        let library = class.module().library();
        let is_protocol = |base: &String| PROTOCOLS.iter().any(|it| library.derives(base, it));
        if bases.iter().any(is_protocol) {
            for method in named {
                self.set(method.id(), Context::Loop);
            }
        }
    }

    /// Where the functions among a call's arguments run.
    fn hand_over(&mut self, module: Module<'_>, call: Call<'_>) {
        for (given, to) in call.hands() {
            let context = match to {
                Runner::Loop => Context::Loop,
                Runner::Thread | Runner::Process => Context::Thread,
                Runner::Caller => match call.expr().function() {
                    Some(function) => self.of(function.id()),
                    None => Context::Unknown,
                },
            };
            for value in module.values(given.id()).iter() {
                if let Some(function) = callable(value).filter(|it| it.file == module.id()) {
                    self.set(function.id, context);
                }
            }
        }
    }

    /// A lambda that is called where it stands, or by its name in the same function, runs where it stands.
    fn called_at_once(&mut self, function: Function<'_>) {
        let Some(expr) = function.node().expr else { return };
        let expr = function.module().expr(expr);
        let Some(outer) = expr.function() else { return };
        let by_name = |target: &Expr<'_>| {
            target.as_name().is_some()
                && target
                    .uses()
                    .iter()
                    .any(|used| used.function() == Some(outer) && is_called(*used))
        };
        if is_called(expr) || expr.bound_to().iter().any(by_name) {
            self.set(function.id(), self.of(outer.id()));
        }
    }
}

/// A plain function runs where those who decorate it call it: endpoints in a pool of threads, callbacks on the loop.
fn decorated(function: Function<'_>) -> Option<Context> {
    let mut decorators = function.decorators().map(|it| it.as_call().map_or(it, Call::callee));
    match decorators.find_map(|it| it.fact()?.decorated)? {
        Runner::Loop => Some(Context::Loop),
        Runner::Thread | Runner::Process => Some(Context::Thread),
        Runner::Caller => None,
    }
}

impl Function<'_> {
    /// Where a synchronous function runs, if only its decorators can say so: it is called by its name in its file, and not
    /// handed to anybody. Cheap, where [`Contexts`] ask what every argument of the file is.
    pub(super) fn context_by_itself(self) -> Option<Context> {
        let plain = self.node().stmt.is_some()
            && !PROTOCOL_METHODS.contains(&self.name())
            && !self.module().source().gives(self.name());
        plain.then(|| decorated(self).unwrap_or(Context::Unknown))
    }
}

fn is_called(expr: Expr<'_>) -> bool {
    expr.parent_expr().is_some_and(
        |parent| matches!(parent.kind(), ExprKind::Call { callee, .. } if *callee == expr.id()),
    )
}

/// The function of the repository that a value runs when it is called.
fn callable(value: &Value) -> Option<FunctionRef> {
    match value {
        Value::Function(id) | Value::Method(id) => Some(*id),
        Value::Partial(inner) => callable(inner),
        _ => None,
    }
}

impl Expr<'_> {
    /// Where it runs.
    pub fn context(self) -> Context {
        if self.is_dead() {
            return Context::Never;
        }
        self.function().map_or(Context::Unknown, Function::context)
    }
}
