//! Literals behind names: constants of modules.

use super::ast::*;
use super::bind::Origin;
use super::handles::Expr;
use super::index::Target;
use super::module::Module;
use super::value::Value;

/// How many names may stand for each other.
const DEEPEST: u32 = 4;

impl<'m> Expr<'m> {
    /// The literal that it is: itself, or the only one that its name is bound to at the top of a module, in whatever file.
    pub fn literal(self) -> Option<Expr<'m>> {
        self.literal_within(0)
    }

    fn literal_within(self, depth: u32) -> Option<Expr<'m>> {
        match self.kind() {
            ExprKind::Number | ExprKind::Str | ExprKind::None | ExprKind::Bool(_) => Some(self),
            ExprKind::Name if self.is_global() => self.module().constant(self.text(), depth),
            ExprKind::Attribute { value, name } => {
                let module = self.module();
                let [Value::Module(file)] = &module.values(*value)[..] else { return None };
                module.project().file(*file)?.constant(module.slice(*name), depth)
            }
            _ => None,
        }
    }
}

impl<'m> Module<'m> {
    /// What a name of the module is bound to, if only one place binds it.
    fn constant(self, name: &str, depth: u32) -> Option<Expr<'m>> {
        let [binding] = &self.names().scope(ScopeId(0)).names.get(name)?[..] else { return None };
        if depth >= DEEPEST {
            return None;
        }
        match &binding.source {
            Origin::Value(id, steps) if steps.is_empty() => {
                self.expr(*id).literal_within(depth + 1)
            }
            Origin::Annotated(_, Some(id)) => self.expr(*id).literal_within(depth + 1),
            Origin::From { module, level, name } => {
                match self.project().index().resolve(self.id(), module, *level)? {
                    Target::File(file) if file != self.id() => {
                        self.project().file(file)?.constant(name, depth + 1)
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }
}
