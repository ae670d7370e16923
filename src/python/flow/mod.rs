//! Which ways the control flow may take through a function: a graph of its statements, with exceptions, made once for each
//! function that is asked about, and the questions that rules ask of it.

mod build;
mod catches;
mod graph;
mod raises;

use std::collections::HashSet;

use self::graph::{END, NodeId, Point, RAISED, Way};
use super::ast::*;
use super::handles::{Expr, Stmt};
use super::module::Module;

pub(super) use self::graph::Graph;

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

/// The graph of a function's body, or of the module's own code.
pub(super) fn graph(module: Module<'_>, function: Option<FunctionId>) -> Graph {
    match function {
        Some(id) => build::build(module, &module.syntax().functions[id.0 as usize].body),
        None => build::build(module, &module.syntax().body),
    }
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
    let walk = Walk::new(from, &marks, ways).behind(from);
    !walk.reached(END) && !walk.reached(RAISED)
}

/// Whether a way that raises nothing leads from just behind the statement to the end of its function past all marks.
pub fn may_pass_by(from: Stmt<'_>, marks: &[Expr<'_>]) -> bool {
    Walk::new(from, marks, Ways::Regular).behind(from).reached(END)
}

/// Whether some way leads from just behind a statement to another of the same function (to itself: in a loop), past all marks.
pub fn may_reach(from: Stmt<'_>, to: Stmt<'_>, marks: &[Expr<'_>], ways: Ways) -> bool {
    let walk = Walk::new(from, marks, ways).behind(from);
    let graph = from.flow();
    from.function() == to.function() && graph.at(to.id()).any(|node| walk.reached(node))
}

/// How a block can be left.
pub fn exits(module: &Module<'_>, block: &[StmtId], ways: Ways) -> Exits {
    let (Some(first), Some(last)) = (block.first(), block.last()) else {
        return Exits { falls: true, ..Exits::default() };
    };
    let (first, last) = (module.stmt(*first), module.stmt(*last));
    let graph = first.flow();
    let walk = Walk::new(first, &[], ways).within(first, last);
    let mut exits = Exits::default();
    for (node, way, _) in &walk.out {
        match (way, graph.node(*node).point) {
            (Way::On | Way::Then, _) => exits.falls = true,
            (Way::Error | Way::Cancel, _) => exits.throws = true,
            // The loop that it ends is the block's last statement.
            (Way::Break, Point::Stmt(id)) if walk.ends_loop_within(id) => exits.falls = true,
            (_, Point::Stmt(id)) => exits.leaves.push(id),
            // Behind a `finally` in the block: every statement in it that is reached and leaves so.
            (way, _) => {
                let (inner, leaves): (Vec<_>, Vec<_>) = walk
                    .leaving_by(*way)
                    .into_iter()
                    .partition(|id| *way == Way::Break && walk.ends_loop_within(*id));
                exits.falls |= !inner.is_empty();
                exits.leaves.extend(leaves);
            }
        }
    }
    exits.leaves.sort_unstable();
    exits.leaves.dedup();
    exits
}

/// A walk through a graph.
struct Walk<'a, 'm> {
    graph: &'m Graph,
    module: Module<'m>,
    marks: &'a [Expr<'m>],
    /// Statements that hold marks.
    marked: HashSet<StmtId>,
    ways: Ways,
    seen: Vec<bool>,
    /// The statements that the walk does not leave, by the first and the last; and where it would.
    bounds: Option<(Stmt<'m>, Stmt<'m>)>,
    out: Vec<(NodeId, Way, NodeId)>,
}

impl<'a, 'm> Walk<'a, 'm> {
    fn new(within: Stmt<'m>, marks: &'a [Expr<'m>], ways: Ways) -> Self {
        let graph = within.flow();
        let marked = marks.iter().map(|mark| mark.stmt().id()).collect();
        let seen = vec![false; graph.nodes.len()];
        let module = within.module();
        Self { graph, module, marks, marked, ways, seen, bounds: None, out: Vec::new() }
    }

    fn reached(&self, node: NodeId) -> bool {
        self.seen[node.0 as usize]
    }

    /// Walks from just behind a statement: its own exceptions don't count.
    fn behind(mut self, from: Stmt<'m>) -> Self {
        let regular = |way: &Way| !matches!(way, Way::Error | Way::Cancel);
        let starts: Vec<NodeId> = self
            .graph
            .at(from.id())
            .flat_map(|node| self.graph.node(node).edges.iter())
            .filter(|(way, _)| regular(way))
            .map(|(_, to)| *to)
            .collect();
        self.go(starts);
        self
    }

    /// Walks through a block.
    fn within(mut self, first: Stmt<'m>, last: Stmt<'m>) -> Self {
        self.bounds = Some((first, last));
        // Of a block in a `finally`, any copy will do: they differ in what comes behind.
        let starts: Vec<NodeId> = self.graph.at(first.id()).collect();
        let entry = match first.kind() {
            StmtKind::If { .. } => starts
                .into_iter()
                .find(|id| matches!(self.graph.node(*id).point, Point::Test(_, 0))),
            // What comes into a loop is made after the node that its turns return to.
            _ => starts.into_iter().last(),
        };
        self.go(entry.into_iter().collect());
        self
    }

    fn go(&mut self, mut open: Vec<NodeId>) {
        while let Some(id) = open.pop() {
            if std::mem::replace(&mut self.seen[id.0 as usize], true) {
                continue;
            }
            let node = self.graph.node(id);
            if self.is_marked(node.point) {
                continue;
            }
            let settled = self.settled(node.point);
            for (way, to) in &node.edges {
                let counts = match way {
                    Way::Error | Way::Cancel => self.ways == Ways::All,
                    Way::Then => settled != Some(false),
                    Way::On => settled != Some(true),
                    _ => true,
                };
                if !counts {
                    continue;
                }
                if self.is_outside(*to) {
                    self.out.push((id, *way, *to));
                } else {
                    open.push(*to);
                }
            }
        }
    }

    fn is_marked(&self, point: Point) -> bool {
        match point {
            Point::Stmt(id) | Point::Test(id, 0) => self.marked.contains(&id),
            _ => false,
        }
    }

    fn is_outside(&self, node: NodeId) -> bool {
        let Some((first, last)) = self.bounds else { return false };
        match self.graph.node(node).point {
            Point::Stmt(id) | Point::Test(id, _) => {
                let span = self.module.stmt(id).span();
                span.start < first.span().start || span.end > last.span().end
            }
            Point::End => true,
            // It belongs to the `finally` in front of it; which may be the block itself.
            Point::Join(id) => {
                let begin = self.module.stmt(id).span().start;
                begin <= first.span().start || begin > last.span().end
            }
        }
    }

    /// Whether the loop that a `break` is in is part of the block.
    fn ends_loop_within(&self, id: StmtId) -> bool {
        let Some((first, last)) = self.bounds else { return false };
        let mut around = self.module.stmt(id).ancestors();
        around
            .find(|it| matches!(it.kind(), StmtKind::For { .. } | StmtKind::While { .. }))
            .is_some_and(|it| {
                it.span().start >= first.span().start && it.span().end <= last.span().end
            })
    }

    /// The statements reached in the block that leave by a way of this kind.
    fn leaving_by(&self, way: Way) -> Vec<StmtId> {
        let nodes = self.graph.nodes.iter().enumerate().filter(|(at, _)| self.seen[*at]);
        nodes
            .filter_map(|(_, node)| match node.point {
                Point::Stmt(id) => {
                    let fits = match self.module.stmt(id).kind() {
                        StmtKind::Return(_) => way == Way::Return,
                        StmtKind::Raise { .. } => way == Way::Raise,
                        StmtKind::Break => way == Way::Break,
                        StmtKind::Continue => way == Way::Continue,
                        _ => false,
                    };
                    fits.then_some(id)
                }
                _ => None,
            })
            .collect()
    }

    /// How a condition comes out for what counts: one that asks for the thing that its block then deals with holds
    /// (`if session: await session.close()`); one that asks whether it is missing does not.
    fn settled(&self, point: Point) -> Option<bool> {
        let Point::Test(id, number) = point else { return None };
        let StmtKind::If { branches, .. } = self.module.stmt(id).kind() else { return None };
        let (test, block) = branches.get(number as usize)?;
        let test = self.module.expr(*test);
        let within = |mark: &Expr<'m>| {
            let span = mark.span();
            block.iter().any(|id| self.module.stmt(*id).span().contains(span))
        };
        if self.marks.iter().filter(|mark| within(mark)).any(|mark| mentions(test, root(*mark))) {
            return Some(true);
        }
        let missing = |mark: &Expr<'m>| {
            let root = root(*mark);
            let words: Vec<&str> = test.text().split_whitespace().collect();
            !root.is_empty() && (words == [root, "is", "None"] || words == ["not", root])
        };
        self.marks.iter().any(missing).then_some(false)
    }
}

/// The name that an expression begins with.
fn root<'m>(expr: Expr<'m>) -> &'m str {
    let text = expr.text().split(['.', '(', '[']).next().unwrap_or_default().trim();
    text.strip_prefix("await ").unwrap_or(text)
}

fn mentions(test: Expr<'_>, name: &str) -> bool {
    test.text().split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == name)
}
