//! Classes.

use super::super::ast::*;
use super::super::bind::Origin;
use super::super::{ClassRef, Module, Span};
use super::{Class, Function};

impl<'m> Class<'m> {
    /// Its number in its file.
    pub fn id(self) -> ClassId {
        self.id
    }
    /// What names it in the repository.
    pub fn reference(self) -> ClassRef {
        ClassRef { file: self.module.id(), id: self.id }
    }
    /// The module it is in.
    pub fn module(self) -> Module<'m> {
        self.module
    }
    /// Its syntax.
    pub fn node(self) -> &'m ClassNode {
        &self.module.syntax().classes[self.id.0 as usize]
    }
    /// The whole definition, without decorators.
    pub fn span(self) -> Span {
        self.node().span
    }
    /// Its text.
    pub fn text(self) -> &'m str {
        self.module.slice(self.span())
    }
    /// Its name.
    pub fn name(self) -> &'m str {
        self.module.slice(self.node().name)
    }
    /// Its name with the classes and functions it is in.
    pub fn qualified_name(self) -> String {
        self.module.qualified(self.node().scope)
    }
    /// The methods defined in its body, those under an `if` included.
    pub fn methods(self) -> Vec<Function<'m>> {
        let scope = self.module.names().scope(self.node().scope);
        let bindings = scope.names.values().flatten();
        let functions = bindings.filter_map(|binding| match binding.source {
            Origin::Function(id) => Some(id),
            _ => None,
        });
        let mut functions: Vec<FunctionId> = functions.collect();
        functions.sort();
        functions.into_iter().map(|id| self.module.function(id)).collect()
    }
    /// A method by name, of the class or of a base in the repository.
    pub fn method(self, name: &str) -> Option<Function<'m>> {
        self.lineage().0.into_iter().find_map(|class| class.own_method(name))
    }
    /// Canonical names of all bases from outside, through bases in the repository.
    pub fn external_bases(self) -> Vec<String> {
        self.lineage().1
    }
}
