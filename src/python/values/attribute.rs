//! Attributes: of modules, of classes from outside and in the file, of instances.

use super::super::Kind;
use super::super::bind::Origin;
use super::super::handles::{Class, Function};
use super::super::module::Module;
use super::super::value::{Type, Value};
use super::is_useful;

/// How many bases are followed.
const MOST_BASES: usize = 16;

impl<'m> Module<'m> {
    pub(super) fn attribute_of(self, value: &Value, name: &str) -> Vec<Value> {
        match value {
            Value::External(outer) => {
                let is_class = self.library().fact(outer).is_some_and(|it| it.kind == Kind::Class);
                if is_class && let Some(member) = self.library().member(outer, name) {
                    return vec![Value::External(member)];
                }
                vec![self.external(&format!("{outer}.{name}"))]
            }
            Value::Instance(Type::External(class)) => self.member_of_external(class, name),
            Value::Instance(Type::Local(class)) => {
                self.member(self.project.class(*class), name, true, true)
            }
            Value::Class(class) => self.member(self.project.class(*class), name, false, true),
            Value::Super(class) => self.member(self.project.class(*class), name, true, false),
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

    fn member_of_external(self, class: &str, name: &str) -> Vec<Value> {
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

    /// A member of a class of the repository, or of its bases.
    fn member(self, class: Class<'m>, name: &str, of_instance: bool, own: bool) -> Vec<Value> {
        let (locals, externals) = class.lineage();
        for local in locals.iter().skip(usize::from(!own)) {
            if let Some(function) = local.own_method(name) {
                return bound(function, of_instance);
            }
            let found = local.own_attribute(name);
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
}

impl<'m> Class<'m> {
    /// A class and its bases: those in the repository, itself first, and those from outside.
    pub(in super::super) fn lineage(self) -> (Vec<Class<'m>>, Vec<String>) {
        let project = self.module.project;
        let (mut locals, mut externals) = (vec![self], Vec::new());
        let mut at = 0;
        while at < locals.len() && at < MOST_BASES {
            let class = locals[at];
            let bases = class.node().bases.iter().filter(|base| base.keyword.is_none());
            for base in bases {
                for value in class.module.values(base.value).iter() {
                    match value {
                        Value::Class(base) => {
                            let base = project.class(*base);
                            if !locals.contains(&base) {
                                locals.push(base);
                            }
                        }
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
    pub(in super::super) fn own_method(self, name: &str) -> Option<Function<'m>> {
        let bindings = self.module.names().scope(self.node().scope).names.get(name)?;
        match bindings.last()?.source {
            Origin::Function(id) => Some(self.module.function(id)),
            _ => None,
        }
    }

    fn own_attribute(self, name: &str) -> Vec<Value> {
        let names = self.module.names();
        let declared = names.scope(self.node().scope).names.get(name).into_iter().flatten();
        let declared = declared.map(|binding| &binding.source);
        let assigned = names.attributes.get(&self.id).and_then(|names| names.get(name));
        let mut values: Vec<Value> = declared
            .chain(assigned.into_iter().flatten())
            .take(16)
            .flat_map(|source| self.module.source_values(source))
            .filter(|value| *value != Value::None)
            .collect();
        values.dedup();
        // What is assigned from a parameter nobody annotated says nothing against the others.
        if values.iter().any(is_useful) {
            values.retain(is_useful);
        }
        values
    }
}

fn bound(function: Function<'_>, of_instance: bool) -> Vec<Value> {
    if of_instance && function.is_property() {
        return function.results().to_vec();
    }
    let by_class = function
        .decorators()
        .any(|it| it.is_any(&["builtins.staticmethod", "builtins.classmethod"]));
    let reference = function.reference();
    vec![if of_instance || by_class {
        Value::Method(reference)
    } else {
        Value::Function(reference)
    }]
}
