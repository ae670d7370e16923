//! How facets are written down: what the users of a definition can tell of it, in words that are the same on both sides of a
//! change.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::ast::*;
use super::handles::Expr;
use super::index::FileId;
use super::table::Set;
use super::value::{Type, Value};
use super::{ClassRef, Function, FunctionRef, Module, Project};

/// Most functions that are followed from one, for what it does through others.
const MOST_FOLLOWED: usize = 200;

/// Deepest nesting of a value that is told apart.
pub(super) const DEEPEST: usize = 6;

/// Methods that end the use of something. Whether a function calls them is a facet, whatever it calls them on.
const ENDING: [&str; 9] = [
    "close",
    "aclose",
    "wait_closed",
    "shutdown",
    "cancel",
    "stop",
    "release",
    "terminate",
    "disconnect",
];

/// Methods that Python calls where an instance is used without naming them.
const BY_PYTHON: [&str; 9] = [
    "__aenter__",
    "__aexit__",
    "__aiter__",
    "__call__",
    "__enter__",
    "__exit__",
    "__getitem__",
    "__iter__",
    "__next__",
];

/// How facets name files: by a path that is the same on both sides of a change.
pub type PathOf<'a> = &'a dyn Fn(FileId) -> String;

impl Expr<'_> {
    /// What it may be, told so that both sides of a change tell the same of what is the same.
    pub fn told(self, path_of: PathOf<'_>) -> String {
        let project = self.module().project();
        let mut teller = Teller { project, path_of, text: String::new() };
        teller.values(&self.values());
        teller.text
    }
}

/// Writes facets down.
pub(super) struct Teller<'a, 'm> {
    pub(super) project: &'m Project<'m>,
    pub(super) path_of: PathOf<'a>,
    pub(super) text: String,
}

impl<'m> Teller<'_, 'm> {
    pub(super) fn function(&mut self, function: Function<'m>) {
        self.kind(function);
        let module = function.module();
        for param in &function.node().params {
            let annotation = param.annotation.map_or("", |id| module.expr(id).text());
            let default = if param.default.is_some() { "=" } else { "" };
            let name = module.slice(param.name);
            let _ = write!(self.text, "{:?} {name}:{annotation}{default},", param.kind);
        }
        self.text.push_str("->");
        self.values(&function.results());
        for effect in effects(function) {
            let _ = write!(self.text, ";{effect}");
        }
        // Whether it deals with what goes wrong in it.
        for stmt in function.statements() {
            if let StmtKind::Try { handlers, .. } = stmt.kind() {
                for handler in handlers {
                    let caught = handler.exceptions.map_or("", |it| module.expr(it).text());
                    let _ = write!(self.text, ";except {caught}");
                }
            }
        }
        self.text.push('\n');
    }

    /// What a function is to those who only name it.
    fn kind(&mut self, function: Function<'m>) {
        let (is_async, generator) = (function.is_async(), function.node().is_generator);
        let _ = write!(self.text, "{}{}", u8::from(is_async), u8::from(generator));
        for decorator in function.decorators() {
            let _ = write!(self.text, "@{}", decorator.text());
        }
    }

    pub(super) fn class(&mut self, module: Module<'m>, id: ClassId) {
        let class = module.class(id);
        for base in &class.node().bases {
            if base.keyword.is_none() {
                self.values(&module.values(base.value));
            }
        }
        for decorator in &class.node().decorators {
            let _ = write!(self.text, "@{}", module.expr(*decorator).text());
        }
    }

    /// What Python calls by itself on instances: who uses the instance by its name need not name its class.
    pub(super) fn called_by_python(&mut self, values: &[Value]) {
        for value in values {
            let Value::Instance(Type::Local(class)) = value else { continue };
            let class = self.project.class(*class);
            for method in BY_PYTHON.iter().filter_map(|name| class.method(name)) {
                self.function(method);
            }
        }
    }

    pub(super) fn values(&mut self, values: &[Value]) {
        let mut told: Vec<String> = values.iter().map(|it| self.told(it, 0)).collect();
        told.sort_unstable();
        let _ = write!(self.text, "[{}]", told.join("|"));
    }

    fn told(&self, value: &Value, depth: usize) -> String {
        if depth > DEEPEST {
            return "…".to_owned();
        }
        let inner = |it: &Value| self.told(it, depth + 1);
        match value {
            Value::External(name) | Value::Package(_, name) => name.clone(),
            Value::Module(file) => (self.path_of)(*file),
            Value::Instance(Type::External(name)) => format!("a {name}"),
            Value::Instance(Type::Local(class)) => format!("a {}", self.class_name(*class)),
            Value::Class(class) => self.class_name(*class),
            Value::Super(class) => format!("super {}", self.class_name(*class)),
            Value::Function(it) => self.function_name(*it),
            Value::Method(it) => format!("bound {}", self.function_name(*it)),
            Value::Awaitable(it) => format!("await {}", inner(it)),
            Value::Partial(it) => format!("partial {}", inner(it)),
            Value::Callable(it) => format!("gives {}", inner(it)),
            Value::Items(it) => format!("items {}", inner(it)),
            Value::Map(it) => format!("map {}", inner(it)),
            Value::MapMethod(name, it) => format!("map.{name} {}", inner(it)),
            Value::Tuple(all) => {
                format!("({})", all.iter().map(inner).collect::<Vec<_>>().join(","))
            }
            Value::None | Value::Plain | Value::Unknown => format!("{value:?}"),
        }
    }

    fn class_name(&self, class: ClassRef) -> String {
        format!("{}:{}", (self.path_of)(class.file), self.project.class(class).qualified_name())
    }

    fn function_name(&self, function: FunctionRef) -> String {
        let path = (self.path_of)(function.file);
        let function = self.project.function(function);
        let kind = if function.is_async() { "async " } else { "" };
        format!("{kind}{path}:{}", function.qualified_name())
    }
}

/// What a function does, directly and through the synchronous functions that it runs: which things from outside it calls
/// that block, hang, compute or otherwise matter, and what it closes.
fn effects(function: Function<'_>) -> BTreeSet<String> {
    let mut effects = BTreeSet::new();
    let mut todo = vec![function];
    let mut seen: Set<FunctionRef> = Set::default();
    while let Some(at) = todo.pop() {
        if !seen.insert(at.reference()) || seen.len() > MOST_FOLLOWED {
            continue;
        }
        for expr in at.expressions() {
            if let Some(call) = expr.as_call() {
                if let Some(method) = call.method().filter(|it| ENDING.contains(it)) {
                    let of = call.receiver().map_or("", Expr::text);
                    effects.insert(format!("{of}.{method}"));
                }
                if let Some((name, fact)) = call.name().zip(call.fact())
                    && (fact.blocks.is_some() || !fact.tags.is_empty() || !fact.hands.is_empty())
                {
                    effects.insert(name);
                }
            }
            // What an asynchronous function does through others is found where it does it.
            if !function.is_async() {
                todo.extend(expr.runs());
            }
        }
    }
    effects
}
