//! Callables that are handed over: which arguments of a call are called, and where.

use std::rc::Rc;

use super::ast::*;
use super::handles::{Call, Expr, Function};
use super::{Fact, Hand, Runner};

/// Where callables run, the most careful reading first: a function that hands its parameter to a thread on one way and calls
/// it on another has chosen the thread.
const RUNNERS: [Runner; 4] = [Runner::Thread, Runner::Process, Runner::Loop, Runner::Caller];

impl<'m> Call<'m> {
    /// Its arguments that are called, and run so: by a library's function, or by a function of the repository that hands its
    /// parameter on or calls it.
    pub fn handed(self, to: Runner) -> Vec<Expr<'m>> {
        let given = self.hands().into_iter().filter(|(_, runner)| *runner == to);
        given.map(|(expr, _)| expr).collect()
    }

    /// All its arguments that are called, and where.
    pub(super) fn hands(self) -> Vec<(Expr<'m>, Runner)> {
        let module = self.module();
        let ExprKind::Call { args, .. } = self.expr().kind() else { return Vec::new() };
        if !args.iter().any(|arg| may_be_callable(module.expr(arg.value))) {
            return Vec::new();
        }
        let known = module.known().hands.borrow().get(&self.id()).cloned();
        let hands = known.unwrap_or_else(|| {
            let hands = self.find_hands();
            let hands: Rc<[_]> = hands.into_iter().map(|(given, to)| (given.id(), to)).collect();
            // What an open question has cut off does not hold for good.
            if !module.project.answers.is_cut() {
                module.known().hands.borrow_mut().insert(self.id(), Rc::clone(&hands));
            }
            hands
        });
        hands.iter().map(|(given, to)| (module.expr(*given), *to)).collect()
    }

    fn find_hands(self) -> Vec<(Expr<'m>, Runner)> {
        if let Some(fact) = self.fact() {
            return self.taken_by(&fact);
        }
        let Some(function) = self.function() else { return Vec::new() };
        let argument = |(index, to)| function.argument_of(self, index).map(|given| (given, to));
        function.hands().iter().copied().filter_map(argument).collect()
    }

    /// The arguments that a library's function calls, and where.
    fn taken_by(self, fact: &Fact<'_>) -> Vec<(Expr<'m>, Runner)> {
        let argument = |hand: &Hand| {
            let named = hand.keyword.and_then(|name| self.keyword(name));
            let given = named.or_else(|| self.positional(hand.position.into()));
            given.map(|given| (given, hand.to))
        };
        fact.hands.iter().filter_map(argument).collect()
    }
}

fn may_be_callable(expr: Expr<'_>) -> bool {
    matches!(
        expr.kind(),
        ExprKind::Name | ExprKind::Attribute { .. } | ExprKind::Lambda(_) | ExprKind::Call { .. }
    )
}

impl<'m> Function<'m> {
    /// Positions of the parameters that its own code calls or hands on, and where they run then: to a library's function, or
    /// to one of the repository that hands it to a library's or calls it.
    fn hands(self) -> Rc<[(usize, Runner)]> {
        let known = &self.module.known().hand_on;
        if let Some(hands) = known.borrow().get(&self.id) {
            return Rc::clone(hands);
        }
        let hands: Rc<[_]> = self.find_hands().into();
        if !self.module.project.answers.is_cut() {
            known.borrow_mut().insert(self.id, Rc::clone(&hands));
        }
        hands
    }

    fn find_hands(self) -> Vec<(usize, Runner)> {
        self.handing(|call, given| {
            if let Some(fact) = call.fact() {
                return call.taken_by(&fact).into_iter().find(|it| it.0 == given).map(|it| it.1);
            }
            let function = call.function()?;
            let hands = function.handing(|call, given| {
                let fact = call.fact()?;
                call.taken_by(&fact).into_iter().find(|it| it.0 == given).map(|it| it.1)
            });
            let taken = |index: &usize| function.argument_of(call, *index) == Some(given);
            hands.into_iter().find(|(index, _)| taken(index)).map(|(_, to)| to)
        })
    }

    /// Its parameters that its own code calls, or gives to a call that runs them as `run_by` says.
    fn handing(
        self,
        run_by: impl Fn(Call<'m>, Expr<'m>) -> Option<Runner>,
    ) -> Vec<(usize, Runner)> {
        let node = self.node();
        let mut found = Vec::new();
        if node.params.is_empty() {
            return found;
        }
        let names: Vec<&str> = node.params.iter().map(|it| self.module.slice(it.name)).collect();
        for expr in self.expressions() {
            let position = |name| names.iter().position(|it| *it == name);
            let Some(index) = expr.as_name().and_then(position) else { continue };
            let Some(call) = expr.parent_expr().and_then(Expr::as_call) else { continue };
            let calls = call.callee() == expr;
            let runner = if calls { Some(Runner::Caller) } else { run_by(call, expr) };
            // What a coroutine calls runs on the event loop.
            let runner = match runner {
                Some(Runner::Caller) if node.is_async => Some(Runner::Loop),
                Some(Runner::Caller) if node.is_generator => None,
                runner => runner,
            };
            found.extend(runner.map(|runner| (index, runner)));
        }
        found.sort_by_key(|(index, to)| (*index, RUNNERS.iter().position(|it| it == to)));
        found.dedup_by_key(|(index, _)| *index);
        found
    }
}
