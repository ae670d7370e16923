//! The only place that knows the parser: modules, spans, names, scopes, contexts.
//!
//! ```text
//! parse              from bytes to syntax (ast): strict reads code without errors, tree-sitter (syntax, lower) the rest
//! bind, variable     which names a scope binds; reaching: which binding a use may see
//! module, handles    what rules hold in their hands: `Module`, `Call`, `Expr`, `Stmt`, `Function`, `Class`
//! focus              the part of a file that is looked at for findings
//! values             what expressions are, also by way of constants, decorated, expected, mro, overrides
//! context            where code runs, by way of callgraph, callers, handed, runs
//! flow, order        the ways that control may take
//! usage              what becomes of a value; kept, lasting: beyond its function
//! project, index     the other files of the repository
//! definition         what a definition's users can tell of it, so that two versions can be compared (facets, said)
//! library            the vocabulary of library facts
//! effort             how much is worked out for a file; answers, known: what was worked out already
//! ```
//!
//! The questions that can be asked of a handle stand in the files that answer them; `cargo doc` has them in one place.

mod answers;
pub mod ast;
mod bind;
mod callers;
mod callgraph;
mod constants;
mod context;
mod decorated;
mod definition;
mod effort;
mod expected;
mod facets;
pub mod flow;
mod focus;
mod handed;
mod handles;
pub mod index;
pub mod kept;
mod known;
mod lasting;
pub mod library;
mod lower;
mod module;
mod mro;
mod named;
mod numbers;
mod order;
mod overrides;
mod parse;
mod project;
mod reaching;
mod runs;
mod said;
mod source;
mod span;
mod strict;
mod syntax;
mod table;
mod usage;
mod value;
mod values;
mod variable;

pub use ast::{ExprKind, StmtKind};
pub use context::Context;
pub use definition::{Definition, Named, used_as};
pub use effort::Effort;
pub use expected::Parameter;
pub use facets::PathOf;
pub use handles::{Arg, Call, Class, Expr, Function, Stmt};
pub use index::{FileId, Index};
pub use library::{Blocks, Fact, Hand, Hangs, Kind, Library, Resource, Runner, Tag};
pub use module::{Module, TextEdit};
pub use parse::{MAX_BYTES, Note, comments, parse};
pub use project::{ClassRef, FunctionRef, Project, Site};
pub use runs::Runs;
pub use source::Source;
pub use span::{Lines, Span};
pub use table::{Set, Table};
pub use value::{Type, Value};
pub use variable::Variable;
