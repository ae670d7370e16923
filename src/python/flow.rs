//! Which ways the control flow may take through a function.
//!
//! Worked out over the structure of statements: for each block, how it can be left without passing a mark.

use super::ast::*;
use super::handles::{Expr, Stmt};
use super::module::Module;
use super::order::{Arm, constant};
use super::{Tag, Value};

/// Which ways count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ways {
    /// All, exceptions from any call, `await` or subscript on the way included.
    All,
    /// Only those without exceptions other than explicit `raise`.
    Regular,
}

/// How a block can be left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exits {
    /// Its end is reached.
    pub falls: bool,
    /// Something in it may raise, other than by a `raise` of its own that nothing in it catches.
    pub throws: bool,
    /// The `return`, `raise`, `break` and `continue` statements by which it is left, in order.
    pub leaves: Vec<StmtId>,
}

/// Whether every way from just behind the statement to where its function is left (`return`, end of the body, and for
/// [`Ways::All`] an uncaught exception) passes one of the marks. A `with` that holds a mark among its items passes it, and
/// so does a mark under a condition about the mark's own receiver: `if session is not None: await session.close()`.
pub fn always_passes(from: Stmt<'_>, marks: &[Expr<'_>], ways: Ways) -> bool {
    let function = from.function();
    let marks: Vec<Expr<'_>> =
        marks.iter().copied().filter(|mark| mark.function() == function).collect();
    if marks.is_empty() {
        return false;
    }
    let exits = ways_past(from, marks, ways);
    !exits.falls && !exits.throws && exits.leaves.is_empty()
}

/// Whether a way that raises nothing leads from just behind the statement to the end of its function past all marks.
pub fn may_pass_by(from: Stmt<'_>, marks: &[Expr<'_>]) -> bool {
    let module = from.module();
    let exits = ways_past(from, marks.to_vec(), Ways::Regular);
    let raises = |id: &StmtId| matches!(module.stmt(*id).kind(), StmtKind::Raise { .. });
    exits.falls || exits.leaves.iter().any(|id| !raises(id))
}

/// How the function may be left from just behind the statement without passing a mark.
fn ways_past<'m>(from: Stmt<'m>, marks: Vec<Expr<'m>>, ways: Ways) -> Exits {
    let module = from.module();
    let flow = Flow { module, marks, ways };
    let (mut at, mut exits) = (from, Exits { falls: true, ..Exits::default() });
    loop {
        exits = flow.go_on(at, exits);
        match at.parent() {
            Some(parent)
                if !matches!(parent.kind(), StmtKind::Function(_) | StmtKind::Class(_)) =>
            {
                exits = flow.leave_part(parent, module.order().of(at.id()).arm, exits);
                at = parent;
            }
            _ => return exits,
        }
    }
}

/// How a block can be left.
pub fn exits(module: &Module<'_>, block: &[StmtId], ways: Ways) -> Exits {
    Flow { module: *module, marks: Vec::new(), ways }.block(block)
}

struct Flow<'m> {
    module: Module<'m>,
    marks: Vec<Expr<'m>>,
    ways: Ways,
}

impl<'m> Flow<'m> {
    /// What comes behind a statement in its block.
    fn go_on(&self, stmt: Stmt<'m>, exits: Exits) -> Exits {
        let block = self.block_of(stmt);
        let behind = block.iter().position(|id| *id == stmt.id()).map_or(0, |at| at + 1);
        exits.then(|| self.block(block.get(behind..).unwrap_or_default()))
    }

    fn block_of(&self, stmt: Stmt<'m>) -> &'m [StmtId] {
        let Some(parent) = stmt.parent() else { return &self.module.syntax().body };
        let arm = self.module.order().of(stmt.id()).arm;
        let blocks = super::order::blocks(self.module, parent.id());
        blocks.into_iter().find(|(it, _)| *it == arm).map(|(_, block)| block).unwrap_or_default()
    }

    /// What leaving a part of a compound statement so means for the statement.
    fn leave_part(&self, parent: Stmt<'m>, arm: Arm, exits: Exits) -> Exits {
        match parent.kind() {
            StmtKind::For { otherwise, .. } | StmtKind::While { otherwise, .. }
                if arm == Arm::Body =>
            {
                let exits = self.without(exits, |it| matches!(it, StmtKind::Continue));
                let broken = self.has(&exits, |it| matches!(it, StmtKind::Break));
                let exits = exits.then(|| self.block(otherwise));
                let mut exits = self.remove(exits, |it| matches!(it, StmtKind::Break));
                exits.falls |= broken;
                exits
            }
            StmtKind::With { items, .. } => self.suppressed(items, exits),
            StmtKind::Try { handlers, otherwise, finally, .. } => {
                let exits = match arm {
                    Arm::Body => {
                        let exits = self.caught(parent, handlers, exits);
                        // What falls out of the body goes on to `else`; what falls out of handlers does not, but no
                        // harm is done by taking it along.
                        exits.then(|| self.block(otherwise))
                    }
                    _ => exits,
                };
                match finally {
                    Some(finally) if arm != Arm::Finally => self.finally(finally, exits),
                    _ => exits,
                }
            }
            _ => exits,
        }
    }

    fn block(&self, block: &[StmtId]) -> Exits {
        let mut exits = Exits { falls: true, ..Exits::default() };
        for id in block {
            if !exits.falls {
                break;
            }
            exits = exits.then(|| self.stmt(self.module.stmt(*id)));
        }
        exits
    }

    fn stmt(&self, stmt: Stmt<'m>) -> Exits {
        if self.marks.iter().any(|mark| mark.stmt() == stmt) {
            return Exits::default();
        }
        let head = Exits { falls: true, throws: self.may_raise(stmt), leaves: Vec::new() };
        match stmt.kind() {
            StmtKind::Return(_) | StmtKind::Raise { .. } | StmtKind::Break | StmtKind::Continue => {
                Exits { falls: false, leaves: vec![stmt.id()], ..head }
            }
            StmtKind::If { branches, otherwise } => {
                head.then(|| self.branches(branches, otherwise))
            }
            StmtKind::For { iter, body, .. } => head.then(|| {
                let mut body = self.block(body);
                body.falls |= !self.has_items(*iter);
                self.leave_part(stmt, Arm::Body, body)
            }),
            StmtKind::While { test, body, .. } => head.then(|| {
                let endless = constant(self.module, *test) == Some(true);
                let mut body = self.block(body);
                body.falls = !endless;
                if endless {
                    body = self.remove(body, |it| matches!(it, StmtKind::Continue));
                }
                self.leave_part(stmt, Arm::Body, body)
            }),
            StmtKind::With { items, body, .. } => {
                head.then(|| self.suppressed(items, self.block(body)))
            }
            StmtKind::Try { body, .. } => self.leave_part(stmt, Arm::Body, self.block(body)),
            StmtKind::Match { cases, .. } => head.then(|| {
                let covered = cases.iter().any(|case| case.irrefutable);
                let none = Exits { falls: !covered, ..Exits::default() };
                cases.iter().fold(none, |exits, case| exits.or(self.block(&case.body)))
            }),
            StmtKind::Opaque(_, block) => head.then(|| self.block(block)),
            _ => head,
        }
    }

    /// Whether an iteration over it has at least one round.
    fn has_items(&self, iter: ExprId) -> bool {
        let iter = self.module.expr(iter);
        let is_item = |id: &ExprId| match self.module.expr(*id).kind() {
            ExprKind::Starred(inner) => self.has_items(*inner),
            _ => true,
        };
        match iter.kind() {
            ExprKind::List(parts) | ExprKind::Tuple(parts) | ExprKind::Set(parts) => {
                parts.iter().any(is_item)
            }
            ExprKind::Dict(pairs) => {
                pairs.iter().any(|(key, value)| key.is_some() || self.has_items(*value))
            }
            ExprKind::Call { args, .. } if args.len() == 1 => {
                let count = self.module.expr(args[0].value);
                let number = matches!(count.kind(), ExprKind::Number);
                number
                    && iter.as_call().is_some_and(|call| call.is("builtins.range"))
                    && count.text().bytes().any(|byte| matches!(byte, b'1'..=b'9'))
            }
            _ => false,
        }
    }

    fn branches(&self, branches: &[(ExprId, Block)], otherwise: &[StmtId]) -> Exits {
        let mut exits = Exits::default();
        for (test, block) in branches {
            if constant(self.module, *test) == Some(false) {
                continue;
            }
            exits = exits.or(self.block(block));
            if constant(self.module, *test) == Some(true) || self.is_about_mark(*test, block) {
                return exits;
            }
        }
        exits.or(self.block(otherwise))
    }

    /// Whether a condition asks for the thing that its block then deals with.
    fn is_about_mark(&self, test: ExprId, block: &[StmtId]) -> bool {
        let test = self.module.expr(test).text();
        let within = |mark: &Expr<'m>| {
            let span = mark.span();
            block.iter().any(|id| self.module.stmt(*id).span().contains(span))
        };
        let root = |mark: &Expr<'m>| {
            let text = mark.text().split(['.', '(', '[']).next().unwrap_or_default().trim();
            text.strip_prefix("await ").unwrap_or(text).to_owned()
        };
        let words: Vec<&str> = test.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
        self.marks
            .iter()
            .filter(|mark| within(mark))
            .any(|mark| words.contains(&root(mark).as_str()))
    }

    /// What handlers make of the exits of what is tried.
    fn caught(&self, tried: Stmt<'m>, handlers: &[Handler], exits: Exits) -> Exits {
        let raised = self.has(&exits, |it| matches!(it, StmtKind::Raise { .. }));
        if handlers.is_empty() || !(exits.throws || raised) {
            return exits;
        }
        let all = handlers.iter().any(|handler| self.catches_all(tried, handler));
        let mut left = exits;
        if all {
            left.throws = false;
            left = self.remove(left, |it| matches!(it, StmtKind::Raise { .. }));
        }
        handlers.iter().fold(left, |exits, handler| exits.or(self.block(&handler.body)))
    }

    /// Whether nothing that is raised in what is tried gets past the handler.
    fn catches_all(&self, tried: Stmt<'m>, handler: &Handler) -> bool {
        let Some(exceptions) = handler.exceptions else { return true };
        let span = tried.span();
        let awaits = |expr: Expr<'m>| {
            matches!(expr.kind(), ExprKind::Await(_)) && span.contains(expr.span())
        };
        let exceptions = self.module.expr(exceptions);
        let listed = match exceptions.kind() {
            ExprKind::Tuple(parts) => parts.iter().map(|id| self.module.expr(*id)).collect(),
            _ => vec![exceptions],
        };
        listed.into_iter().any(|it| {
            it.is("builtins.BaseException")
                || it.is("builtins.Exception")
                    && !tried.function().is_some_and(|it| it.expressions().any(awaits))
        })
    }

    fn finally(&self, finally: &[StmtId], exits: Exits) -> Exits {
        let nothing = !exits.falls && !exits.throws && exits.leaves.is_empty();
        let end = self.block(finally);
        if nothing {
            return exits;
        }
        if !end.falls {
            return end;
        }
        Exits { falls: exits.falls, throws: exits.throws, leaves: exits.leaves }
            .or(Exits { falls: false, ..end })
    }

    fn suppressed(&self, items: &[WithItem], mut exits: Exits) -> Exits {
        let suppresses = |item: &WithItem| {
            let context = self.module.expr(item.context);
            context.as_call().is_some_and(|call| call.has(Tag::Suppresses))
        };
        if exits.throws && items.iter().any(suppresses) {
            exits.falls = true;
        }
        exits
    }

    fn has(&self, exits: &Exits, kind: impl Fn(&StmtKind) -> bool) -> bool {
        exits.leaves.iter().any(|id| kind(self.module.stmt(*id).kind()))
    }

    fn remove(&self, mut exits: Exits, kind: impl Fn(&StmtKind) -> bool) -> Exits {
        exits.leaves.retain(|id| !kind(self.module.stmt(*id).kind()));
        exits
    }

    /// [`Flow::remove`], where what is removed falls through instead.
    fn without(&self, exits: Exits, kind: impl Fn(&StmtKind) -> bool) -> Exits {
        let had = self.has(&exits, &kind);
        let mut exits = self.remove(exits, kind);
        exits.falls |= had;
        exits
    }

    /// Whether the statement itself (not the blocks in it) may raise.
    fn may_raise(&self, stmt: Stmt<'m>) -> bool {
        if self.ways == Ways::Regular {
            return false;
        }
        match stmt.kind() {
            StmtKind::Import(_) | StmtKind::ImportFrom { .. } | StmtKind::Assert(_) => true,
            StmtKind::For { is_async: true, .. } | StmtKind::With { .. } => true,
            StmtKind::Try { .. } => false,
            _ => stmt.head_expressions().into_iter().any(raises),
        }
    }
}

/// Whether evaluating an expression may raise, for more than a missing attribute or a wrong type.
fn raises(expr: Expr<'_>) -> bool {
    match expr.kind() {
        ExprKind::Call { callee, .. } => {
            // Making a plain container of nothing, or asking for a type, does not fail.
            let harmless =
                ["builtins.list", "builtins.dict", "builtins.set", "builtins.isinstance"];
            let callee = expr.module().expr(*callee);
            let simple = callee.as_name().is_some()
                && callee.values().iter().all(
                    |it| matches!(it, Value::External(name) if harmless.contains(&name.as_str())),
                );
            !simple || expr.children().into_iter().any(raises)
        }
        ExprKind::Await(_)
        | ExprKind::Yield(_)
        | ExprKind::YieldFrom(_)
        | ExprKind::Subscript { .. } => true,
        ExprKind::Comprehension { .. } => true,
        _ => expr.children().into_iter().any(raises),
    }
}

impl Exits {
    /// These exits, where those that fall go on so.
    fn then(self, next: impl FnOnce() -> Exits) -> Exits {
        if !self.falls {
            return self;
        }
        Exits { falls: false, ..self }.or(next())
    }

    /// These exits and others.
    fn or(mut self, other: Exits) -> Exits {
        self.falls |= other.falls;
        self.throws |= other.throws;
        for leave in other.leaves {
            if !self.leaves.contains(&leave) {
                self.leaves.push(leave);
            }
        }
        self
    }
}
