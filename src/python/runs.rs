//! Which synchronous functions of the repository an expression runs.

use super::Runner;
use super::ast::*;
use super::handles::{Call, Class, Expr, Function};
use super::value::{Type, Value};

/// Built-in functions and methods that go through all of an iterator that they are given.
const CONSUMERS: [&str; 14] = [
    "builtins.all",
    "builtins.any",
    "builtins.dict",
    "builtins.frozenset",
    "builtins.list",
    "builtins.max",
    "builtins.min",
    "builtins.next",
    "builtins.set",
    "builtins.sorted",
    "builtins.sum",
    "builtins.tuple",
    "collections.Counter",
    "collections.deque",
];

impl<'m> Expr<'m> {
    /// The synchronous functions of the repository whose body the expression runs: by calling them, by handing them to
    /// something that calls them at once, by making an instance, by reading a property or an item, by entering a context
    /// manager, by going through a generator.
    pub fn runs(self) -> Vec<Function<'m>> {
        let mut found = Vec::new();
        match self.kind() {
            ExprKind::Call { .. } => {
                let call = Call { expr: self };
                for value in self.module.values(call.callee().id()).iter() {
                    self.called(value, &mut found);
                }
                for given in call.handed(Runner::Caller) {
                    for value in self.module.values(given.id()).iter() {
                        self.called(value, &mut found);
                    }
                }
            }
            ExprKind::Attribute { value, name } if !self.is_store() => {
                let name = self.module.slice(*name);
                let read = |class: Class<'m>| class.method(name).filter(|it| it.is_property());
                found.extend(self.classes_of(*value).into_iter().filter_map(read));
            }
            ExprKind::Subscript { value, .. } if !self.is_store() => {
                let read = |class: Class<'m>| class.method("__getitem__");
                found.extend(self.classes_of(*value).into_iter().filter_map(read));
            }
            _ => {}
        }
        found.retain(|it| !it.node().is_generator || self.goes_through(*it));
        if self.is_entered() {
            let methods = ["__enter__", "__exit__"];
            for class in self.classes_of(self.id) {
                found.extend(methods.iter().filter_map(|name| class.method(name)));
            }
        }
        if self.is_consumed() {
            let methods = ["__iter__", "__next__"];
            for class in self.classes_of(self.id) {
                found.extend(methods.iter().filter_map(|name| class.method(name)));
            }
        }
        found.retain(|it| !it.is_async());
        found
    }

    /// The classes of the repository that an expression may be an instance of.
    fn classes_of(self, id: ExprId) -> Vec<Class<'m>> {
        let local = |value: &Value| match value {
            Value::Instance(Type::Local(class)) => Some(self.module.project.class(*class)),
            _ => None,
        };
        self.module.values(id).iter().filter_map(local).collect()
    }

    /// The functions that calling a value runs.
    fn called(self, value: &Value, found: &mut Vec<Function<'m>>) {
        let project = self.module.project;
        match value {
            Value::Function(function) | Value::Method(function) => {
                let function = project.function(*function);
                if function.leaves_function() || function.is_context_manager() {
                    found.push(function);
                }
                found.extend(function.wrappers());
                if matches!(value, Value::Method(_)) && function.is_abstract() {
                    found.extend(function.overrides());
                }
            }
            Value::Class(class) => {
                let class = project.class(*class);
                let made = ["__new__", "__init__", "__post_init__"];
                found.extend(made.iter().filter_map(|name| class.method(name)));
            }
            Value::Instance(Type::Local(class)) => {
                found.extend(project.class(*class).method("__call__"));
            }
            Value::Partial(inner) => self.called(inner, found),
            _ => {}
        }
    }

    /// Whether the generator function that it calls is run, not only asked for a generator.
    fn goes_through(self, function: Function<'m>) -> bool {
        if function.is_context_manager() { self.is_entered() } else { self.is_consumed() }
    }

    /// Whether it stands as a context of a `with` that is not `async`.
    fn is_entered(self) -> bool {
        let stmt = self.entered_by();
        stmt.is_some_and(|stmt| matches!(stmt.kind(), StmtKind::With { is_async: false, .. }))
    }

    /// Whether something goes through all its items where it stands.
    fn is_consumed(self) -> bool {
        let Some(outer) = self.parent_expr() else {
            return matches!(
                self.stmt().kind(),
                StmtKind::For { is_async: false, iter, .. } if *iter == self.id
            );
        };
        match outer.kind() {
            ExprKind::YieldFrom(_) | ExprKind::Starred(_) => true,
            ExprKind::Comprehension { clauses, .. } => clauses.iter().any(|clause| {
                matches!(clause, Clause::For { is_async: false, iter, .. } if *iter == self.id)
            }),
            ExprKind::Call { callee, args } if *callee != self.id => {
                let call = Call { expr: outer };
                args.iter().any(|arg| arg.value == self.id && arg.unpack == Unpack::Star)
                    || call.is_any(&CONSUMERS)
                    || call.method() == Some("join")
            }
            _ => false,
        }
    }
}
