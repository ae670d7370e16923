//! Names.

use super::super::ast::*;
use super::super::bind::Origin;
use super::super::handles::Expr;
use super::super::module::Module;
use super::super::order::Arm;
use super::super::reaching::reaching;
use super::super::value::Value;

/// Modules whose names mean nothing else where nothing binds them: half-edited code lacks their import for the moment.
const EVIDENT: [&str; 14] = [
    "aiohttp",
    "anyio",
    "asyncio",
    "httpx",
    "httpx2",
    "os",
    "requests",
    "shutil",
    "socket",
    "sqlite3",
    "subprocess",
    "time",
    "urllib",
    "urllib3",
];

impl<'m> Module<'m> {
    pub(super) fn name_values(self, expr: Expr<'m>) -> Vec<Value> {
        if let Some(narrowed) = self.narrowed(expr) {
            return narrowed;
        }
        self.look_up(expr, self.slice(expr))
    }

    /// What a name means at an expression.
    pub(in super::super) fn look_up(self, at: Expr<'m>, name: &str) -> Vec<Value> {
        let Some(scope) = self.names().find(at.scope(), name) else {
            return self.bound_nowhere(name);
        };
        let bindings = reaching(at, scope, name);
        if bindings.is_empty() {
            return vec![Value::Unknown];
        }
        let values: Vec<Value> =
            bindings.iter().flat_map(|binding| self.source_values(&binding.source)).collect();
        if values.iter().all(|it| *it == Value::Unknown)
            && let Some(declared) = self.declared_as(scope, name)
        {
            return declared;
        }
        values
    }

    /// What a variable is that is declared to be of one type, whatever is assigned to it later: `file: TextIO = …`.
    fn declared_as(self, scope: ScopeId, name: &str) -> Option<Vec<Value>> {
        let bindings = self.names().scope(scope).names.get(name)?;
        bindings.iter().find_map(|binding| match binding.source {
            Origin::Annotated(annotation, _) => Some(self.annotated(annotation)),
            _ => None,
        })
    }

    /// A name that nothing in the file binds: from a star import, a module whose import is missing, or built in.
    fn bound_nowhere(self, name: &str) -> Vec<Value> {
        let stars = self.names().has_stars;
        if !stars && EVIDENT.contains(&name) {
            return vec![self.external(name)];
        }
        let starred = if stars { self.through_stars(name, 0) } else { None };
        starred.unwrap_or_else(|| vec![self.external(&format!("builtins.{name}"))])
    }

    /// What an `isinstance` around the expression says of it.
    pub(super) fn narrowed(self, expr: Expr<'m>) -> Option<Vec<Value>> {
        if self.names().stores.contains(&expr.id()) {
            return None;
        }
        let mut inner = expr.stmt();
        for outer in inner.ancestors() {
            match outer.kind() {
                StmtKind::If { branches, .. } => {
                    if let Arm::Branch(n) = self.order().of(inner.id()).arm
                        && let Some((test, _)) = branches.get(n as usize)
                        && let Some(found) = self.tested(*test, expr)
                    {
                        return Some(found);
                    }
                }
                StmtKind::Function(_) | StmtKind::Class(_) => return None,
                _ => {}
            }
            inner = outer;
        }
        None
    }

    /// The class in `isinstance(expr, class)`, by itself or among what `and` joins.
    fn tested(self, test: ExprId, expr: Expr<'m>) -> Option<Vec<Value>> {
        let test = self.expr(test);
        match test.kind() {
            ExprKind::Boolean(parts) if self.slice(test).contains(" and ") => {
                parts.iter().take(8).find_map(|part| self.tested(*part, expr))
            }
            ExprKind::Call { callee, args } if args.len() == 2 => {
                let same = self.slice(self.expr(args[0].value)) == self.slice(expr);
                if !same || self.slice(self.expr(*callee)) != "isinstance" {
                    return None;
                }
                let classes = match self.expr(args[1].value).kind() {
                    ExprKind::Tuple(classes) => classes.clone(),
                    _ => vec![args[1].value],
                };
                let instance = |class: &Value| self.instance_of(class);
                Some(classes.iter().flat_map(|id| self.each_value(*id, instance)).collect())
            }
            _ => None,
        }
    }
}
