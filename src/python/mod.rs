//! The only place that knows the parser: modules, spans, names, scopes, contexts.

pub mod ast;
mod context;
pub mod flow;
mod handles;
pub mod library;
mod module;
mod span;
mod value;

pub use context::Context;
pub use handles::{Arg, Call, Class, Expr, Function, Stmt};
pub use library::{Blocks, Fact, Hand, Hangs, Kind, Library, Resource, Runner, Tag};
pub use module::{Module, TextEdit};
pub use span::{Lines, Span};
pub use value::{Type, Value};
