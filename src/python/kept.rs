//! What is kept beyond the function that made it: in attributes, variables of a module, entries of a container.

use std::sync::Arc;

use super::ast::*;
use super::handles::{Class, Expr};
use super::module::Module;
use super::mro::Base;

/// Most files beyond those of a class and its relatives that are looked at for a name.
const MOST_FILES: usize = 40;

/// Most files that are looked at as a whole because they mention a variable of a module.
const MOST_USERS: usize = 8;

/// A place that keeps a value beyond the function that puts it there.
#[derive(Clone, Copy)]
pub struct Keeper<'m> {
    /// What is assigned to.
    target: Expr<'m>,
    /// The attribute, the variable, or the text of the entry's key.
    name: &'m str,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Attribute,
    Variable,
    Entry,
}

impl<'m> Expr<'m> {
    /// The place that this target of an assignment is, if what it keeps outlives the function: `self.session`, `app.state.db`,
    /// `app["db"]`, a variable of the module.
    pub fn keeper(self) -> Option<Keeper<'m>> {
        let (name, kind) = match self.kind() {
            ExprKind::Attribute { name, .. } => (self.module.slice(*name), Kind::Attribute),
            ExprKind::Name if self.is_global() => (self.text(), Kind::Variable),
            ExprKind::Subscript { value, .. } => {
                let container = self.module.expr(*value);
                // A local one goes with its function.
                if container.variable_of().is_some() && !container.is_parameter() {
                    return None;
                }
                let text = self.text().get(container.text().len()..)?;
                let key = text.trim().strip_prefix('[')?.strip_suffix(']')?.trim();
                let constant = key.starts_with(['"', '\''])
                    || key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
                (constant.then_some(key)?, Kind::Entry)
            }
            _ => return None,
        };
        Some(Keeper { target: self, name, kind })
    }
}

impl<'m> Keeper<'m> {
    /// What is assigned to.
    pub fn target(self) -> Expr<'m> {
        self.target
    }

    /// The attribute, the variable, or the text of the entry's key.
    pub fn name(self) -> &'m str {
        self.name
    }

    /// The class whose instances keep it, when it is an attribute of `self` or `cls`.
    pub fn class(self) -> Option<Class<'m>> {
        let ExprKind::Attribute { value, .. } = self.target.kind() else { return None };
        let object = self.target.module().expr(*value);
        matches!(object.as_name(), Some("self" | "cls")).then(|| self.target.class_around())?
    }

    /// Where what it keeps is read: in its file, and for an attribute of `self` in those of the classes above and below.
    /// Attributes of other objects are told apart by their name alone.
    pub fn reads(self) -> Vec<Expr<'m>> {
        let family = self.family();
        self.near().into_iter().flat_map(|module| self.reads_in(module, &family)).collect()
    }

    /// Where further files read an attribute of this name of some object that is not their own.
    pub fn reads_elsewhere(self) -> Vec<Expr<'m>> {
        if self.class().is_none() || self.name.starts_with('_') {
            return Vec::new();
        }
        let near = self.near();
        let others = self.target.module().project().mentioning(self.name, MOST_USERS);
        let same = |expr: &Expr<'m>| {
            let ExprKind::Attribute { value, name } = expr.kind() else { return false };
            let module = expr.module();
            module.slice(*name) == self.name
                && !expr.is_store()
                && !matches!(module.expr(*value).as_name(), Some("self" | "cls"))
        };
        let others = others.into_iter().filter(|it| !near.contains(it));
        others.flat_map(Module::expressions).filter(same).collect()
    }

    /// The files that deal with it: its own, those of its class's relatives, and for a variable of a module some that mention
    /// it.
    pub fn files(self) -> Vec<Module<'m>> {
        let mut files = self.near();
        if self.class().is_none() && self.kind != Kind::Entry {
            let project = self.target.module().project();
            for module in project.mentioning(self.name, MOST_USERS) {
                if !files.contains(&module) {
                    files.push(module);
                }
            }
        }
        files
    }

    /// Whether an expression in one of its files may be it, as far as the names tell.
    pub fn is_named_by(self, expr: Expr<'m>) -> bool {
        if expr.text() == self.target.text() {
            return true;
        }
        // `state.TASKS` of one file is `TASKS` of another.
        self.class().is_none()
            && expr.module() != self.target.module()
            && expr.last_name() == self.name
            && expr.variable_of().is_none()
    }

    /// Texts of further files that mention its name, or one of the names by which it is got; `None` when there are too many
    /// to look at.
    pub fn texts_elsewhere(self, getters: &[&str]) -> Option<Vec<Arc<[u8]>>> {
        let index = self.target.module().project().index();
        let near: Vec<_> = self.near().iter().map(|it| it.id()).collect();
        let own = self.name.trim_matches(['"', '\'']).rsplit('.').next().unwrap_or_default();
        // By convention nobody else touches one with an underscore.
        let words = std::iter::once(own).filter(|it| !it.starts_with('_'));
        let mut texts = Vec::new();
        for word in words.chain(getters.iter().copied()) {
            let files = index.mentioning(word, MOST_FILES);
            if files.len() >= MOST_FILES {
                return None;
            }
            let further = files.into_iter().filter(|id| !near.contains(id));
            texts.extend(further.filter_map(|id| index.bytes(id)));
        }
        Some(texts)
    }

    /// Its class, the classes above it and those below.
    fn family(self) -> Vec<Class<'m>> {
        let Some(class) = self.class() else { return Vec::new() };
        let project = self.target.module().project();
        let above = class.order();
        let above = above.iter().filter_map(|base| match base {
            Base::Class(class) => Some(project.class(*class)),
            _ => None,
        });
        above.chain(class.subclasses()).collect()
    }

    /// The files of its class and its relatives.
    fn near(self) -> Vec<Module<'m>> {
        let mut near = vec![self.target.module()];
        for class in self.family() {
            if !near.contains(&class.module()) {
                near.push(class.module());
            }
        }
        near
    }

    /// Whether both are entries of the same container, of which it is not written out which.
    fn is_any_of(self, other: Self) -> bool {
        let container = |it: Self| match it.target.kind() {
            ExprKind::Subscript { value, .. } => Some(it.target.module().expr(*value).text()),
            _ => None,
        };
        let computed = |it: Self| it.name.starts_with(|c: char| c.is_alphabetic() || c == '_');
        computed(self)
            && computed(other)
            && container(self) == container(other)
            && self.target.class_around() == other.target.class_around()
    }

    fn reads_in(self, module: Module<'m>, family: &[Class<'m>]) -> Vec<Expr<'m>> {
        // `self.session` of a class that has nothing to do with this one is another attribute.
        let foreign = |expr: &Expr<'m>| {
            let ExprKind::Attribute { value, .. } = expr.kind() else { return false };
            matches!(module.expr(*value).as_name(), Some("self" | "cls"))
                && !family.is_empty()
                && expr.class_around().is_some_and(|class| !family.contains(&class))
        };
        let same = |expr: &Expr<'m>| {
            !expr.is_store()
                && match (self.kind, expr.kind()) {
                    (Kind::Attribute, ExprKind::Attribute { name, .. }) => {
                        module.slice(*name) == self.name && !foreign(expr)
                    }
                    (Kind::Variable, ExprKind::Name) => {
                        expr.text() == self.name && expr.variable() == self.target.variable()
                    }
                    (Kind::Entry, ExprKind::Subscript { .. }) => {
                        let assigned = match expr.stmt().kind() {
                            StmtKind::Assign { targets, .. } => targets.contains(&expr.id()),
                            _ => false,
                        };
                        !assigned
                            && expr
                                .keeper()
                                .is_some_and(|it| it.name == self.name || self.is_any_of(it))
                    }
                    _ => false,
                }
        };
        module.expressions().filter(same).collect()
    }
}
