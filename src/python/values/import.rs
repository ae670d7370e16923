//! What imports bind, and what modules of the repository have for those who import them.

use std::sync::Arc;

use super::super::answers::Question;
use super::super::ast::*;
use super::super::index::Target;
use super::super::module::Module;
use super::super::reaching::lasting_values;
use super::super::value::Value;

/// How many star imports are followed after each other.
const MOST_STARS: u32 = 8;

impl<'m> Module<'m> {
    /// `import a.b`: the module of a dotted name.
    pub(super) fn imported(self, dotted: &str) -> Value {
        match self.project.index().resolve(self.id(), dotted, 0) {
            Some(target) => module_value(target, dotted),
            None => self.external(dotted),
        }
    }

    /// `from a import b`: a name of a module, or a module below it. `level` counts the leading dots.
    pub(super) fn imported_from(self, module: &str, level: u32, name: &str) -> Vec<Value> {
        let index = self.project.index();
        let dotted = || {
            let dot = if module.is_empty() { "" } else { "." };
            format!("{}{module}{dot}{name}", ".".repeat(level as usize))
        };
        let Some(target) = index.resolve(self.id(), module, level) else {
            return vec![self.external(&dotted())];
        };
        let below = || index.submodule(target, name).map(|it| module_value(it, &dotted()));
        match target {
            // A package's own `from . import part` binds the part, whatever else has that name.
            Target::File(file) if file == self.id() => match below() {
                Some(part) => vec![part],
                None => self.export(name).to_vec(),
            },
            Target::File(file) => match self.project.file(file) {
                Some(module) => module.export(name).to_vec(),
                None => vec![Value::Unknown],
            },
            Target::Folder(_) => match below() {
                Some(part) => vec![part],
                None if level == 0 => vec![self.external(&dotted())],
                None => vec![Value::Unknown],
            },
        }
    }

    /// What an attribute of the module may be, for those who import it.
    pub(super) fn export(self, name: &str) -> Arc<[Value]> {
        let question = Question::Export(self.id(), name.to_owned());
        self.project.answers.get(question, || {
            let bound = lasting_values(self, name);
            if !bound.is_empty() {
                return bound.into_iter().flat_map(|it| self.source_values(&it.source)).collect();
            }
            if let Some(found) = self.through_stars(name, 0) {
                return found;
            }
            let index = self.project.index();
            match index.submodule(Target::File(self.id()), name) {
                Some(part) => vec![module_value(part, name)],
                None => vec![Value::Unknown],
            }
        })
    }

    /// What a name is that a star import of this module brings along, at whatever place of the file it stands. `None` when
    /// none does, as far as that is known.
    pub(super) fn through_stars(self, name: &str, depth: u32) -> Option<Vec<Value>> {
        if depth > MOST_STARS {
            return None;
        }
        let stars = self.names().scopes.iter().flat_map(|scope| &scope.stars);
        stars.rev().find_map(|star| {
            let module = star.trim_start_matches('.');
            let level = (star.len() - module.len()) as u32;
            match self.project.index().resolve(self.id(), module, level) {
                Some(Target::File(file)) if file != self.id() => {
                    self.project.file(file)?.starred(name, depth)
                }
                Some(_) => None,
                None => {
                    let canonical = self.library().canonical(&format!("{star}.{name}"));
                    self.library().fact(&canonical)?;
                    Some(vec![Value::External(canonical)])
                }
            }
        })
    }

    /// What `from this import *` binds a name to.
    fn starred(self, name: &str, depth: u32) -> Option<Vec<Value>> {
        let listed = self.lists(name);
        if listed == Some(false) || listed.is_none() && name.starts_with('_') {
            return None;
        }
        if self.names().scope(ScopeId(0)).names.contains_key(name) || listed == Some(true) {
            return Some(self.export(name).to_vec());
        }
        self.through_stars(name, depth + 1)
    }

    /// Whether `__all__` lists a name; `None` when there is no such list, or it is put together from others.
    fn lists(self, name: &str) -> Option<bool> {
        self.names().scope(ScopeId(0)).names.get("__all__")?;
        let about = self.body().filter(|stmt| stmt.text().starts_with("__all__"));
        let (mut listed, mut whole) = (false, true);
        for stmt in about {
            let mut strings = stmt.expressions().filter(|it| matches!(it.kind(), ExprKind::Str));
            listed |= strings.any(|it| it.text().trim_matches(['"', '\'']) == name);
            whole &= !stmt.expressions().any(|it| {
                matches!(it.kind(), ExprKind::Attribute { .. } | ExprKind::Comprehension { .. })
            });
        }
        (listed || whole).then_some(listed)
    }

    /// An attribute of a folder without `__init__`.
    pub(super) fn part_of(self, target: Target, dotted: &str, name: &str) -> Value {
        let dotted = format!("{dotted}.{name}");
        match self.project.index().submodule(target, name) {
            Some(part) => module_value(part, &dotted),
            None => self.external(&dotted),
        }
    }
}

fn module_value(target: Target, dotted: &str) -> Value {
    match target {
        Target::File(file) => Value::Module(file),
        Target::Folder(folder) => Value::Package(folder, dotted.to_owned()),
    }
}
