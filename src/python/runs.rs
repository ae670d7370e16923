//! Which synchronous functions of the repository an expression runs.

use std::rc::Rc;

use super::Runner;
use super::ast::*;
use super::handles::{Call, Class, Expr, Function};
use super::project::{FunctionRef, Project};
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

/// What evaluating an expression runs.
#[derive(Debug, Default)]
pub struct Runs<'m> {
    /// Functions that run in any case.
    pub always: Vec<Function<'m>>,
    /// What runs for each of the things that the expression may be about: functions any of which runs then. None of them, for
    /// a thing that runs no synchronous function of the repository, or of which nothing is known.
    pub either: Vec<Vec<Function<'m>>>,
}

/// [`Runs`], as it is remembered.
#[derive(Debug)]
pub(super) struct Run {
    always: Vec<FunctionRef>,
    either: Vec<Vec<FunctionRef>>,
}

impl Run {
    fn of(runs: &Runs<'_>) -> Self {
        let references = |all: &Vec<Function<'_>>| all.iter().map(|it| it.reference()).collect();
        Self {
            always: references(&runs.always),
            either: runs.either.iter().map(references).collect(),
        }
    }

    fn recalled<'m>(&self, project: &'m Project<'m>) -> Runs<'m> {
        let functions =
            |all: &Vec<FunctionRef>| all.iter().map(|it| project.function(*it)).collect();
        Runs {
            always: functions(&self.always),
            either: self.either.iter().map(functions).collect(),
        }
    }
}

impl<'m> Runs<'m> {
    /// Whether nothing of the repository runs.
    pub fn is_empty(&self) -> bool {
        self.always.is_empty() && self.either.is_empty()
    }

    /// Those of the functions whose body is synchronous and runs where the expression stands.
    fn of_synchronous(mut self, expr: Expr<'m>) -> Self {
        for way in self.either.iter_mut().chain([&mut self.always]) {
            way.retain(|it| !it.is_async() && (!it.node().is_generator || expr.goes_through(*it)));
        }
        if self.either.iter().all(Vec::is_empty) {
            self.either.clear();
        }
        self
    }
}

impl<'m> Expr<'m> {
    /// The synchronous functions of the repository whose body the expression may run: by calling them, by handing them to
    /// something that calls them at once, by making an instance, by reading a property or an item, by entering a context
    /// manager, by going through a generator.
    pub fn runs(self) -> Vec<Function<'m>> {
        let Runs { always, either } = self.may_run();
        always.into_iter().chain(either.into_iter().flatten()).collect()
    }

    /// What it runs, the things told apart that it may be about. A call that is awaited is not among what blocks: it is the
    /// asynchronous one of those that it may be.
    pub fn may_run(self) -> Runs<'m> {
        let quick = !matches!(
            self.kind(),
            ExprKind::Call { .. } | ExprKind::Attribute { .. } | ExprKind::Subscript { .. }
        );
        if quick {
            return self.find_runs();
        }
        let (known, project) = (&self.module.known().runs, self.module.project);
        if let Some(run) = known.borrow().get(&self.id) {
            return run.as_ref().map_or_else(Runs::default, |run| run.recalled(project));
        }
        let runs = self.find_runs();
        if !project.answers.is_cut() {
            let run = (!runs.is_empty()).then(|| Rc::new(Run::of(&runs)));
            known.borrow_mut().insert(self.id, run);
        }
        runs
    }

    fn find_runs(self) -> Runs<'m> {
        let mut runs = Runs::default();
        match self.kind() {
            ExprKind::Call { .. } => {
                let call = Call { expr: self };
                if !self.is_awaited() {
                    runs.either.extend(call.callee().something().iter().map(|it| self.called(it)));
                }
                for given in call.handed(Runner::Caller) {
                    runs.always.extend(given.something().iter().flat_map(|it| self.called(it)));
                }
            }
            ExprKind::Attribute { value, name } if !self.is_store() => {
                let name = self.module.slice(*name);
                let of = |class: Class<'m>| class.method(name).filter(|it| it.is_property());
                runs.either = self.of_classes(*value, |class| of(class).into_iter().collect());
            }
            ExprKind::Subscript { value, .. } if !self.is_store() => {
                let of = |class: Class<'m>| class.method("__getitem__");
                runs.either = self.of_classes(*value, |class| of(class).into_iter().collect());
            }
            _ => {}
        }
        let methods: &[&str] = match (self.is_entered(), self.is_consumed()) {
            (true, _) => &["__enter__", "__exit__"],
            (false, true) => &["__iter__", "__next__"],
            (false, false) => return runs.of_synchronous(self),
        };
        let of = |class: Class<'m>| methods.iter().filter_map(move |name| class.method(name));
        let mut entered = self.of_classes(self.id, |class| of(class).collect());
        match entered.pop() {
            Some(only) if entered.is_empty() => runs.always.extend(only),
            Some(last) if runs.either.iter().all(Vec::is_empty) => {
                runs.either = entered.into_iter().chain([last]).collect();
            }
            _ => {}
        }
        runs.of_synchronous(self)
    }

    /// What a choice gives for each thing that an expression may be; nothing for all but instances of the repository's
    /// classes.
    fn of_classes(
        self,
        id: ExprId,
        choose: impl Fn(Class<'m>) -> Vec<Function<'m>>,
    ) -> Vec<Vec<Function<'m>>> {
        let of = |value: &Value| match value {
            Value::Instance(Type::Local(class)) => choose(self.module.project.class(*class)),
            _ => Vec::new(),
        };
        self.module.expr(id).something().iter().map(of).collect()
    }

    /// The functions that calling a value runs.
    fn called(self, value: &Value) -> Vec<Function<'m>> {
        let project = self.module.project;
        let mut found = Vec::new();
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
            Value::Partial(inner) => found = self.called(inner),
            _ => {}
        }
        found
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
