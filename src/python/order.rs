//! How statements stand to each other: which part of a compound statement they are in, whether they can run at all.

use super::ast::*;
use super::module::Module;

/// A part of a compound statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arm {
    /// The body of a definition, loop, `with` or `try`.
    Body,
    /// A branch of an `if`, or a case.
    Branch(u32),
    /// The `else` part.
    Otherwise,
    Handler(u32),
    Finally,
}

/// What is known of each statement, by its number.
#[derive(Debug)]
pub(super) struct Order {
    of: Vec<Standing>,
}

/// What is known of a statement.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    /// The part of its parent that it is in.
    pub(super) arm: Arm,
    /// It can never run.
    pub(super) dead: bool,
    /// The block it is in ends with `return` or `raise`.
    pub(super) block_leaves: bool,
}

impl Order {
    pub(super) fn of(&self, id: StmtId) -> Standing {
        self.of[id.0 as usize]
    }

    /// Works it out for all statements. Parents have smaller numbers than what is in them.
    pub(super) fn new(module: Module<'_>) -> Self {
        let start = Standing { arm: Arm::Body, dead: false, block_leaves: false };
        let mut order = Self { of: vec![start; module.syntax().stmts.len()] };
        order.block(module, &module.syntax().body, Arm::Body, false);
        for index in 0..module.syntax().stmts.len() {
            order.parts(module, StmtId(index as u32));
        }
        order
    }

    fn block(&mut self, module: Module<'_>, block: &[StmtId], arm: Arm, mut dead: bool) {
        let kind = |id: &StmtId| module.stmt(*id).kind();
        let block_leaves = block
            .last()
            .is_some_and(|id| matches!(kind(id), StmtKind::Return(_) | StmtKind::Raise { .. }));
        for id in block {
            self.of[id.0 as usize] = Standing { arm, dead, block_leaves };
            dead |= leaves(kind(id));
        }
    }

    fn parts(&mut self, module: Module<'_>, id: StmtId) {
        let dead = self.of(id).dead;
        for (arm, block) in blocks(module, id) {
            let never = match (module.stmt(id).kind(), arm) {
                (StmtKind::If { branches, .. }, Arm::Branch(n)) => {
                    constant(module, branches[n as usize].0) == Some(false)
                }
                (StmtKind::If { branches, .. }, Arm::Otherwise) => {
                    branches.iter().any(|(test, _)| constant(module, *test) == Some(true))
                }
                (StmtKind::While { test, .. }, Arm::Body) => constant(module, *test) == Some(false),
                _ => false,
            };
            self.block(module, block, arm, dead || never);
        }
    }
}

/// Whether control never goes on behind a statement of this kind.
pub(super) fn leaves(kind: &StmtKind) -> bool {
    matches!(
        kind,
        StmtKind::Return(_) | StmtKind::Raise { .. } | StmtKind::Break | StmtKind::Continue
    )
}

/// The blocks of a compound statement.
pub(super) fn blocks<'m>(module: Module<'m>, id: StmtId) -> Vec<(Arm, &'m [StmtId])> {
    match &module.syntax().stmts[id.0 as usize].kind {
        StmtKind::If { branches, otherwise } => {
            let mut all: Vec<(Arm, &[StmtId])> = branches
                .iter()
                .enumerate()
                .map(|(n, (_, block))| (Arm::Branch(n as u32), block.as_slice()))
                .collect();
            all.push((Arm::Otherwise, otherwise));
            all
        }
        StmtKind::For { body, otherwise, .. } | StmtKind::While { body, otherwise, .. } => {
            vec![(Arm::Body, body), (Arm::Otherwise, otherwise)]
        }
        StmtKind::With { body, .. } => vec![(Arm::Body, body)],
        StmtKind::Try { body, handlers, otherwise, finally, .. } => {
            let mut all: Vec<(Arm, &[StmtId])> = vec![(Arm::Body, body)];
            let handlers = handlers.iter().enumerate();
            all.extend(handlers.map(|(n, it)| (Arm::Handler(n as u32), it.body.as_slice())));
            all.push((Arm::Otherwise, otherwise));
            all.extend(finally.iter().map(|block| (Arm::Finally, block.as_slice())));
            all
        }
        StmtKind::Match { cases, .. } => {
            let cases = cases.iter().enumerate();
            cases.map(|(n, it)| (Arm::Branch(n as u32), it.body.as_slice())).collect()
        }
        StmtKind::Function(id) => vec![(Arm::Body, &module.syntax().functions[id.0 as usize].body)],
        StmtKind::Class(id) => vec![(Arm::Body, &module.syntax().classes[id.0 as usize].body)],
        StmtKind::Opaque(_, block) => vec![(Arm::Body, block)],
        _ => Vec::new(),
    }
}

/// What a condition always is. `TYPE_CHECKING` never holds when the program runs.
pub(super) fn constant(module: Module<'_>, test: ExprId) -> Option<bool> {
    let expr = module.expr(test);
    match expr.kind() {
        ExprKind::Bool(value) => Some(*value),
        ExprKind::Number => Some(expr.text() != "0"),
        ExprKind::Name | ExprKind::Attribute { .. } => {
            (expr.text().rsplit('.').next() == Some("TYPE_CHECKING")).then_some(false)
        }
        ExprKind::Not(inner) => constant(module, *inner).map(|value| !value),
        ExprKind::Boolean(parts) => {
            let known = parts.iter().find_map(|part| constant(module, *part))?;
            let decides = if expr.text().contains(" and ") { !known } else { known };
            let mixed = expr.text().contains(" and ") && expr.text().contains(" or ");
            (decides && !mixed).then_some(known)
        }
        _ => None,
    }
}
