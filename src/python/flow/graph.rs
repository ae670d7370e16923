//! A control-flow graph: the statements of one function, or of a module's own code, and the ways between them.

use super::super::ast::StmtId;

/// Number of a node in its graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct NodeId(pub(super) u32);

/// Where `return` and the end of the body lead.
pub(super) const END: NodeId = NodeId(0);

/// Where an exception leads that nothing catches.
pub(super) const RAISED: NodeId = NodeId(1);

/// Why control goes from one node to the next. A `finally` that is passed on the way hands the reason on, so that what leads
/// out of it is of the same kind as what led in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Way {
    /// One statement after the other.
    On,
    /// A condition that holds.
    Then,
    Return,
    Break,
    Continue,
    /// An exception, by `raise`.
    Raise,
    /// An exception that something on the way may raise.
    Error,
    /// An `await` is cancelled.
    Cancel,
}

/// What stands at a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Point {
    /// Neither: the two ends.
    End,
    /// A simple statement, or the head of a compound one. For a loop, each arrival at it.
    Stmt(StmtId),
    /// One of the conditions of an `if`.
    Test(StmtId, u32),
    /// Nothing: where the copy of a `finally`, which begins with the statement, ends and hands on.
    Join(StmtId),
}

/// A statement with the ways that lead on from it. A `finally` has one node for each way of coming into it.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) point: Point,
    pub(super) edges: Vec<(Way, NodeId)>,
}

/// The graph.
#[derive(Debug)]
pub(in crate::python) struct Graph {
    pub(super) nodes: Vec<Node>,
    /// Nodes by statement, sorted.
    pub(super) of: Vec<(StmtId, NodeId)>,
}

impl Graph {
    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// The nodes of a statement.
    pub(super) fn at(&self, stmt: StmtId) -> impl Iterator<Item = NodeId> + '_ {
        let from = self.of.partition_point(|(it, _)| *it < stmt);
        self.of[from..].iter().take_while(move |(it, _)| *it == stmt).map(|(_, node)| *node)
    }
}
