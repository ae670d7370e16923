//! The only place that knows the parser: modules, spans, names, scopes, contexts.

mod answers;
pub mod ast;
mod bind;
mod callgraph;
mod context;
pub mod flow;
mod handles;
pub mod index;
mod known;
pub mod library;
mod lower;
mod module;
mod mro;
mod order;
mod parse;
mod project;
mod reaching;
mod runs;
mod source;
mod span;
mod strict;
mod syntax;
mod usage;
mod value;
mod values;

pub use ast::{ExprKind, StmtKind};
pub use context::Context;
pub use handles::{Arg, Call, Class, Expr, Function, Stmt};
pub use index::{FileId, Index};
pub use library::{Blocks, Fact, Hand, Hangs, Kind, Library, Resource, Runner, Tag};
pub use module::{Module, TextEdit};
pub use parse::{MAX_BYTES, Note, comments, parse};
pub use project::{ClassRef, FunctionRef, Project, Site};
pub use source::Source;
pub use span::{Lines, Span};
pub use value::{Type, Value};
