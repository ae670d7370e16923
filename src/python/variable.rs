//! Variables: which scope a name belongs to.

use super::ast::ScopeId;
use super::handles::{Expr, Function};
use super::lower::ScopeOwner;

/// A variable of a file: a name in the scope that binds it. Equal for all uses of it in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Variable<'m> {
    /// Its name.
    pub name: &'m str,
    scope: ScopeId,
}

impl<'m> Expr<'m> {
    /// The variable that it names, if it is just a name, and one that the file binds.
    pub fn variable(self) -> Option<Variable<'m>> {
        let name = self.as_name()?;
        let scope = self.module().names().find(self.scope(), name)?;
        Some(Variable { name, scope })
    }

    /// The function whose variable the name is; `None` for a variable of the module, and for what is no variable.
    pub fn variable_of(self) -> Option<Function<'m>> {
        let scope = self.variable()?.scope;
        let id = self.module().names().scope(scope).function?;
        Some(self.module().function(id))
    }

    /// Whether it is a variable of the module.
    pub fn is_global(self) -> bool {
        let scope = self.variable().map(|it| self.module().names().scope(it.scope).owner);
        matches!(scope, Some(ScopeOwner::Module))
    }
}
