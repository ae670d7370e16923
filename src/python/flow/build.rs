//! Makes the graph of a function from its statements.
//!
//! It is built backwards: each statement is given the node that comes behind it. What surrounds it (loops, handlers,
//! `finally`) is a stack of frames that jumps and exceptions unwind.

use std::collections::HashMap;

use super::super::ast::*;
use super::super::module::Module;
use super::super::order::constant;
use super::catches::{Caught, caught, suppressed};
use super::graph::{END, Graph, Node, NodeId, Point, RAISED, Way};
use super::raises::{Raises, raised_by};

/// Most nodes of a graph. Copies of `finally` within `finally` multiply; beyond this, exceptions pass by them.
const MOST_NODES: usize = 40_000;

/// What surrounds a statement.
enum Frame<'m> {
    Loop {
        behind: NodeId,
        head: NodeId,
    },
    /// The `except` clauses of a `try`, with where their bodies begin.
    Handlers(&'m [Handler], Vec<NodeId>),
    Finally {
        block: &'m [StmtId],
        copies: HashMap<Way, NodeId>,
    },
    /// A `with` whose contexts swallow exceptions.
    Suppressing {
        caught: Caught,
        behind: NodeId,
    },
}

struct Builder<'m> {
    module: Module<'m>,
    nodes: Vec<Node>,
    frames: Vec<Frame<'m>>,
}

/// The graph of a block: the body of a function or of a module.
pub(super) fn build<'m>(module: Module<'m>, body: &'m [StmtId]) -> Graph {
    let end = || Node { point: Point::End, edges: Vec::new() };
    let mut builder = Builder { module, nodes: vec![end(), end()], frames: Vec::new() };
    builder.block(body, END);
    let mut of: Vec<(StmtId, NodeId)> = Vec::with_capacity(builder.nodes.len());
    for (number, node) in builder.nodes.iter().enumerate() {
        if let Point::Stmt(id) | Point::Test(id, _) = node.point {
            of.push((id, NodeId(number as u32)));
        }
    }
    of.sort_unstable();
    Graph { nodes: builder.nodes, of }
}

impl<'m> Builder<'m> {
    fn node(&mut self, point: Point, edges: Vec<(Way, NodeId)>) -> NodeId {
        self.nodes.push(Node { point, edges });
        NodeId(self.nodes.len() as u32 - 1)
    }

    /// A node whose edges are known later.
    fn reserve(&mut self, point: Point) -> NodeId {
        self.node(point, Vec::new())
    }

    fn block(&mut self, block: &'m [StmtId], next: NodeId) -> NodeId {
        block.iter().rev().fold(next, |next, id| self.stmt(*id, next))
    }

    /// The node at which a statement begins, when `next` comes behind it.
    fn stmt(&mut self, id: StmtId, next: NodeId) -> NodeId {
        let point = Point::Stmt(id);
        let module = self.module;
        match module.stmt(id).kind() {
            StmtKind::Return(_) => self.leave(id, Way::Return),
            StmtKind::Raise { .. } => self.leave(id, Way::Raise),
            StmtKind::Break => self.leave(id, Way::Break),
            StmtKind::Continue => self.leave(id, Way::Continue),
            StmtKind::If { branches, otherwise } => self.branches(id, branches, otherwise, next),
            StmtKind::For { iter, body, otherwise, .. } => {
                self.turns(id, Some(*iter), None, body, otherwise, next)
            }
            StmtKind::While { test, body, otherwise } => {
                self.turns(id, None, Some(*test), body, otherwise, next)
            }
            StmtKind::With { items, body, .. } => {
                let inner = match suppressed(module, items) {
                    Some(caught) => {
                        self.frames.push(Frame::Suppressing { caught, behind: next });
                        let inner = self.block(body, next);
                        self.frames.pop();
                        inner
                    }
                    None => self.block(body, next),
                };
                self.head(point, id, vec![(Way::On, inner)])
            }
            StmtKind::Try { body, handlers, otherwise, finally, .. } => {
                self.tried(id, body, handlers, otherwise, finally.as_deref(), next)
            }
            StmtKind::Match { cases, .. } => {
                let mut edges: Vec<(Way, NodeId)> = Vec::new();
                for case in cases {
                    let entry = self.block(&case.body, next);
                    edges.push((Way::On, entry));
                }
                if !cases.iter().any(|case| case.irrefutable) {
                    edges.push((Way::On, next));
                }
                self.head(point, id, edges)
            }
            StmtKind::Class(class) => {
                let body: &'m [StmtId] = &module.syntax().classes[class.0 as usize].body;
                let inner = self.block(body, next);
                self.head(point, id, vec![(Way::On, inner)])
            }
            StmtKind::Opaque(_, block) => {
                let inner = self.block(block, next);
                self.head(point, id, vec![(Way::On, inner)])
            }
            _ => self.head(point, id, vec![(Way::On, next)]),
        }
    }

    /// A node with the exceptions that the statement itself, without the blocks in it, may raise.
    fn head(&mut self, point: Point, id: StmtId, edges: Vec<(Way, NodeId)>) -> NodeId {
        let node = self.node(point, edges);
        self.add_exceptions(node, id);
        node
    }

    fn add_exceptions(&mut self, node: NodeId, id: StmtId) {
        let Raises { errors, cancellation } = raised_by(self.module.stmt(id));
        let depth = self.frames.len();
        let mut edges = Vec::new();
        if errors {
            self.unwind(depth, Way::Error, &mut edges);
        }
        if cancellation {
            self.unwind(depth, Way::Cancel, &mut edges);
        }
        self.nodes[node.0 as usize].edges.extend(edges);
    }

    /// `return`, `raise`, `break`, `continue`.
    fn leave(&mut self, id: StmtId, way: Way) -> NodeId {
        let mut edges = Vec::new();
        self.unwind(self.frames.len(), way, &mut edges);
        self.head(Point::Stmt(id), id, edges)
    }

    fn branches(
        &mut self,
        id: StmtId,
        branches: &'m [(ExprId, Block)],
        otherwise: &'m [StmtId],
        next: NodeId,
    ) -> NodeId {
        let mut behind = self.block(otherwise, next);
        for (number, (test, block)) in branches.iter().enumerate().rev() {
            let holds = constant(self.module, *test);
            let then = self.block(block, next);
            let mut edges = Vec::new();
            if holds != Some(false) {
                edges.push((Way::Then, then));
            }
            if holds != Some(true) {
                edges.push((Way::On, behind));
            }
            let point = Point::Test(id, number as u32);
            behind =
                if number == 0 { self.head(point, id, edges) } else { self.node(point, edges) };
        }
        behind
    }

    /// A loop over items, or while a condition holds.
    fn turns(
        &mut self,
        id: StmtId,
        iter: Option<ExprId>,
        test: Option<ExprId>,
        body: &'m [StmtId],
        otherwise: &'m [StmtId],
        next: NodeId,
    ) -> NodeId {
        let holds = test.and_then(|test| constant(self.module, test));
        let head = self.reserve(Point::Stmt(id));
        let done = self.block(otherwise, next);
        self.frames.push(Frame::Loop { behind: next, head });
        let turn = self.block(body, head);
        self.frames.pop();
        let mut edges = Vec::new();
        if holds != Some(false) {
            edges.push((Way::On, turn));
        }
        if holds != Some(true) {
            edges.push((Way::On, done));
        }
        self.nodes[head.0 as usize].edges = edges;
        self.add_exceptions(head, id);
        // A loop that surely has a turn is come into by another node, from which no way leads past the body.
        if iter.is_some_and(|iter| has_items(self.module, iter)) {
            return self.head(Point::Stmt(id), id, vec![(Way::On, turn)]);
        }
        head
    }

    fn tried(
        &mut self,
        id: StmtId,
        body: &'m [StmtId],
        handlers: &'m [Handler],
        otherwise: &'m [StmtId],
        finally: Option<&'m [StmtId]>,
        next: NodeId,
    ) -> NodeId {
        let next = match finally {
            Some(block) => {
                let next = self.block(block, next);
                self.frames.push(Frame::Finally { block, copies: HashMap::new() });
                next
            }
            None => next,
        };
        let entries = handlers.iter().map(|handler| self.block(&handler.body, next)).collect();
        let done = self.block(otherwise, next);
        if !handlers.is_empty() {
            self.frames.push(Frame::Handlers(handlers, entries));
        }
        let inner = self.block(body, done);
        if !handlers.is_empty() {
            self.frames.pop();
        }
        if finally.is_some() {
            self.frames.pop();
        }
        self.node(Point::Stmt(id), vec![(Way::On, inner)])
    }

    /// Adds where a jump or an exception leads that happens within the first frames.
    fn unwind(&mut self, depth: usize, way: Way, edges: &mut Vec<(Way, NodeId)>) {
        let throws = matches!(way, Way::Raise | Way::Error | Way::Cancel);
        for at in (0..depth).rev() {
            match &self.frames[at] {
                Frame::Loop { behind, .. } if way == Way::Break => {
                    return edges.push((way, *behind));
                }
                Frame::Loop { head, .. } if way == Way::Continue => {
                    return edges.push((way, *head));
                }
                Frame::Handlers(handlers, entries) if throws => {
                    for (handler, entry) in handlers.iter().zip(entries) {
                        match caught(self.module, handler).of(way) {
                            Some(true) => return edges.push((way, *entry)),
                            Some(false) => edges.push((way, *entry)),
                            None => {}
                        }
                    }
                }
                Frame::Suppressing { caught, behind } if throws => match caught.of(way) {
                    Some(true) => return edges.push((way, *behind)),
                    Some(false) => edges.push((way, *behind)),
                    None => {}
                },
                Frame::Finally { .. } if self.nodes.len() < MOST_NODES => {
                    let copy = self.copy_of_finally(at, way);
                    return edges.push((way, copy));
                }
                _ => {}
            }
        }
        edges.push((way, if throws { RAISED } else { END }));
    }

    /// The copy of a `finally` that is passed by a jump or an exception, which then goes on.
    fn copy_of_finally(&mut self, at: usize, way: Way) -> NodeId {
        let Frame::Finally { block, copies } = &self.frames[at] else { return END };
        if let Some(copy) = copies.get(&way) {
            return *copy;
        }
        let block: &'m [StmtId] = block;
        // The code in it is surrounded by what surrounds the `try`.
        let inner = self.frames.split_off(at);
        let join = self.reserve(block.first().map_or(Point::End, |first| Point::Join(*first)));
        let mut edges = Vec::new();
        self.unwind(at, way, &mut edges);
        self.nodes[join.0 as usize].edges = edges;
        let copy = self.block(block, join);
        self.frames.extend(inner);
        if let Frame::Finally { copies, .. } = &mut self.frames[at] {
            copies.insert(way, copy);
        }
        copy
    }
}

/// Whether an iteration over it has at least one turn.
fn has_items(module: Module<'_>, iter: ExprId) -> bool {
    let iter = module.expr(iter);
    let is_item = |id: &ExprId| match module.expr(*id).kind() {
        ExprKind::Starred(inner) => has_items(module, *inner),
        _ => true,
    };
    match iter.kind() {
        ExprKind::List(parts) | ExprKind::Tuple(parts) | ExprKind::Set(parts) => {
            parts.iter().any(is_item)
        }
        ExprKind::Dict(pairs) => {
            pairs.iter().any(|(key, value)| key.is_some() || has_items(module, *value))
        }
        ExprKind::Call { args, .. } if args.len() == 1 => {
            let count = module.expr(args[0].value);
            let number = matches!(count.kind(), ExprKind::Number);
            number
                && iter.as_call().is_some_and(|call| call.is("builtins.range"))
                && count.text().bytes().any(|byte| matches!(byte, b'1'..=b'9'))
        }
        _ => false,
    }
}
