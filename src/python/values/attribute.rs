//! Attributes: of modules, of classes from outside and in the file, of instances.

use super::super::Kind;
use super::super::ast::*;
use super::super::bind::Source;
use super::super::module::Module;
use super::super::value::{Type, Value};
use super::is_useful;

/// How many bases are followed.
const MOST_BASES: usize = 16;

impl Module {
    pub(super) fn attribute_of(&self, value: &Value, name: &str) -> Vec<Value> {
        match value {
            Value::External(outer) => {
                let is_class = self.library().fact(outer).is_some_and(|it| it.kind == Kind::Class);
                if is_class && let Some(member) = self.library().member(outer, name) {
                    return vec![Value::External(member)];
                }
                vec![self.external(&format!("{outer}.{name}"))]
            }
            Value::Instance(Type::External(class)) => self.member_of_external(class, name),
            Value::Instance(Type::Local(class)) => self.member(*class, name, true, true),
            Value::Class(class) => self.member(*class, name, false, true),
            Value::Super(class) => self.member(*class, name, true, false),
            // What can be awaited is a task or future, as far as its methods tell.
            Value::Awaitable(_) => match self.library().member("asyncio.Task", name) {
                Some(member) => vec![Value::External(member)],
                None => vec![Value::Unknown],
            },
            Value::Map(item) => match name {
                "values" | "items" | "get" | "pop" | "setdefault" | "popitem" => {
                    vec![Value::MapMethod(name.to_owned(), item.clone())]
                }
                _ => vec![Value::Plain],
            },
            _ => vec![Value::Unknown],
        }
    }

    fn member_of_external(&self, class: &str, name: &str) -> Vec<Value> {
        let library = self.library();
        if let Some(member) = library.member(class, name) {
            let fact = library.fact(&member);
            return match fact.filter(|fact| fact.kind == Kind::Attribute) {
                Some(fact) => vec![fact.gives.map_or(Value::External(member), Value::instance)],
                None => vec![Value::External(member)],
            };
        }
        let attributes = library.fact(class).map_or(&[][..], |fact| fact.attributes);
        let known = |wanted: &str| attributes.iter().find(|(attribute, _)| *attribute == wanted);
        let any = || known("*").filter(|_| !name.starts_with('_'));
        if let Some((_, class)) = known(name).or_else(any) {
            return vec![Value::instance(*class)];
        }
        vec![self.external(&format!("{class}.{name}"))]
    }

    /// A member of a class of this file, or of its bases.
    fn member(&self, class: ClassId, name: &str, of_instance: bool, own: bool) -> Vec<Value> {
        let (locals, externals) = self.lineage(class);
        for local in locals.iter().skip(usize::from(!own)) {
            if let Some(function) = self.own_method(*local, name) {
                return self.bound(function, of_instance);
            }
            let found = self.own_attribute(*local, name);
            if found.iter().any(is_useful) {
                return found;
            }
        }
        let known = |base: &&String| self.library().member(base, name).is_some();
        match externals.iter().find(known).or(externals.first()) {
            Some(base) if of_instance => self.member_of_external(base, name),
            Some(base) => vec![self.external(&format!("{base}.{name}"))],
            None => vec![Value::Unknown],
        }
    }

    /// A class and its bases: those in this file, itself first, and those from outside.
    pub(in super::super) fn lineage(&self, class: ClassId) -> (Vec<ClassId>, Vec<String>) {
        let (mut locals, mut externals) = (vec![class], Vec::new());
        let mut at = 0;
        while at < locals.len() && at < MOST_BASES {
            let bases = &self.syntax.classes[locals[at].0 as usize].bases;
            for base in bases.iter().filter(|base| base.keyword.is_none()) {
                for value in self.values(base.value).iter() {
                    match value {
                        Value::Class(id) if !locals.contains(id) => locals.push(*id),
                        Value::External(name) if !externals.contains(name) => {
                            externals.push(name.clone());
                        }
                        _ => {}
                    }
                }
            }
            at += 1;
        }
        (locals, externals)
    }

    /// The last method of this name that the class's body defines.
    pub(in super::super) fn own_method(&self, class: ClassId, name: &str) -> Option<FunctionId> {
        let scope = self.syntax.classes[class.0 as usize].scope;
        let bindings = self.names.scope(scope).names.get(name)?;
        match bindings.last()?.source {
            Source::Function(id) => Some(id),
            _ => None,
        }
    }

    fn own_attribute(&self, class: ClassId, name: &str) -> Vec<Value> {
        let scope = self.syntax.classes[class.0 as usize].scope;
        let declared = self.names.scope(scope).names.get(name).into_iter().flatten();
        let declared = declared.map(|binding| &binding.source);
        let assigned = self.names.attributes.get(&class).and_then(|names| names.get(name));
        let mut values: Vec<Value> = declared
            .chain(assigned.into_iter().flatten())
            .take(16)
            .flat_map(|source| self.source_values(source))
            .filter(|value| *value != Value::None)
            .collect();
        values.dedup();
        // What is assigned from a parameter nobody annotated says nothing against the others.
        if values.iter().any(is_useful) {
            values.retain(is_useful);
        }
        values
    }

    fn bound(&self, id: FunctionId, of_instance: bool) -> Vec<Value> {
        let function = self.function(id);
        if of_instance && function.is_property() {
            return self.results(id).to_vec();
        }
        let by_class = function
            .decorators()
            .any(|it| it.is_any(&["builtins.staticmethod", "builtins.classmethod"]));
        vec![if of_instance || by_class { Value::Method(id) } else { Value::Function(id) }]
    }
}
