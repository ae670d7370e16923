//! The part of a file that is looked at for findings. What supports or refutes a finding is looked for in all of it.

use super::ast::{ExprId, ExprKind, FunctionId, StmtId};
use super::handles::{Call, Expr, Function, Stmt};
use super::{Module, Project};

/// What is passed over in the file that a session was made for.
#[derive(Debug)]
pub(super) struct Focus {
    /// By the functions' numbers.
    functions: Vec<bool>,
    /// Numbers of the expressions that are looked at, from the first to just behind the last of each run.
    expressions: Vec<(u32, u32)>,
    /// Likewise of statements.
    statements: Vec<(u32, u32)>,
}

impl Focus {
    fn new(module: Module<'_>, left_out: impl Fn(Function<'_>) -> bool) -> Self {
        let syntax = module.syntax();
        let mut functions = vec![false; syntax.functions.len()];
        let (mut expressions, mut statements) = (Vec::new(), Vec::new());
        let (mut expr, mut stmt) = (0, 0);
        for function in module.functions().filter(|it| it.outermost() == *it && left_out(*it)) {
            let node = function.node();
            // Functions are numbered in the order in which they begin, so the inner ones follow.
            for id in function.id().0..syntax.functions.len() as u32 {
                let inner = &syntax.functions[id as usize];
                if inner.span.start >= node.span.end {
                    break;
                }
                functions[id as usize] = true;
            }
            expressions.push((expr, node.exprs.0));
            statements.push((stmt, node.stmts.0));
            (expr, stmt) = (node.exprs.1, node.stmts.1);
        }
        expressions.push((expr, syntax.exprs.len() as u32));
        statements.push((stmt, syntax.stmts.len() as u32));
        Self { functions, expressions, statements }
    }
}

impl Project<'_> {
    /// Passes over functions of the file that the session was made for: methods and functions that are in no other function,
    /// with all that is in them. Said once, before anything is asked.
    pub fn leave_out(&self, functions: impl Fn(Function<'_>) -> bool) {
        let focus = Focus::new(self.module(), functions);
        // Who says it again is told nothing new: a session looks at one part of a file.
        let _ = self.focus.set(focus);
    }
}

impl<'m> Module<'m> {
    fn focus(self) -> Option<&'m Focus> {
        let own = self.id() == self.project.module().id();
        self.project.focus.get().filter(|_| own)
    }

    /// Whether the function is looked at for findings.
    pub fn is_in_focus(self, function: FunctionId) -> bool {
        self.focus().is_none_or(|it| !it.functions[function.0 as usize])
    }

    /// The expressions that are looked at for findings, in the order in which they begin.
    pub fn expressions_in_focus(self) -> impl Iterator<Item = Expr<'m>> {
        let all = [(0, self.syntax().exprs.len() as u32)];
        runs(self.focus().map(|it| &it.expressions[..]), all).map(move |id| self.expr(ExprId(id)))
    }

    /// The statements that are looked at for findings, in the order in which they begin.
    pub fn statements_in_focus(self) -> impl Iterator<Item = Stmt<'m>> {
        let all = [(0, self.syntax().stmts.len() as u32)];
        runs(self.focus().map(|it| &it.statements[..]), all).map(move |id| self.stmt(StmtId(id)))
    }

    /// The functions that are looked at for findings, in the order of the file.
    pub fn functions_in_focus(self) -> impl Iterator<Item = Function<'m>> {
        self.functions().filter(move |it| self.is_in_focus(it.id()))
    }

    /// The calls that are looked at for findings, in the order of the file.
    pub fn calls_in_focus(self) -> impl Iterator<Item = Call<'m>> {
        let found = || {
            let calls = self.expressions_in_focus();
            calls.filter(|it| matches!(it.kind(), ExprKind::Call { .. })).map(Expr::id).collect()
        };
        let known: &'m Vec<ExprId> = self.known().calls_in_focus.get_or_init(found);
        known.iter().filter_map(move |id| self.expr(*id).as_call())
    }

    /// Those of them that run on the event loop (see [`super::Context::Loop`]).
    pub fn calls_on_the_loop(self) -> impl Iterator<Item = Call<'m>> {
        let found = || {
            let calls = self.calls_in_focus().filter(|call| call.expr().runs_on_the_loop());
            calls.map(Call::id).collect()
        };
        let known: &'m Vec<ExprId> = self.known().calls_on_the_loop.get_or_init(found);
        known.iter().filter_map(move |id| self.expr(*id).as_call())
    }
}

/// The numbers of some runs, else of one that is all.
fn runs(some: Option<&[(u32, u32)]>, all: [(u32, u32); 1]) -> impl Iterator<Item = u32> {
    let (some, all) = (some.unwrap_or_default(), all.into_iter().filter(move |_| some.is_none()));
    some.iter().copied().chain(all).flat_map(|(from, to)| from..to)
}
