//! What functions may find of a module's names: not what the module has replaced before they are called.

use super::table::Table;

use super::ast::*;
use super::bind::{Binding, Scope};
use super::lower::Syntax;

/// For each name that the module itself binds, and at its top replaces: the position of the first binding that lasts. The
/// bindings are in the order of the file, names of which all bindings last are left out. Takes time in proportion to the
/// bindings.
pub(super) fn lasting(syntax: &Syntax, scopes: &[Scope]) -> Table<String, u32> {
    let Some(module) = scopes.first() else { return Table::default() };
    let several = module.names.iter().filter(|(_, bindings)| bindings.len() > 1);
    let replaced = several.filter_map(|(name, bindings)| {
        let last = bindings.iter().rposition(|binding| is_given_at_the_top(syntax, binding))?;
        let of_the_module = |binding: &Binding| {
            let stmt = binding.stmt.map(|id| &syntax.stmts[id.0 as usize]);
            stmt.is_some_and(|stmt| scopes[stmt.scope.0 as usize].function.is_none())
        };
        let all = last > 0 && bindings[..last].iter().all(of_the_module);
        all.then(|| (name.clone(), last as u32))
    });
    replaced.collect()
}

/// Whether an assignment binds it that always runs.
fn is_given_at_the_top(syntax: &Syntax, binding: &Binding) -> bool {
    let Some(id) = binding.stmt else { return false };
    let stmt = &syntax.stmts[id.0 as usize];
    stmt.parent.is_none()
        && match stmt.kind {
            StmtKind::Assign { .. } => true,
            StmtKind::AnnAssign { value, .. } => value.is_some(),
            _ => false,
        }
}
