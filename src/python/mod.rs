//! The only place that knows the parser: modules, spans, names, scopes, contexts.

/// A parsed Python file with its names resolved.
pub struct Module;
