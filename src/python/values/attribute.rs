//! Attributes: of modules, of classes from outside and in the file, of instances.

use super::super::answers::Question;
use super::super::bind::{Binding, Origin};
use super::super::handles::{Class, Expr, Function};
use super::super::index::Target;
use super::super::module::Module;
use super::super::mro::Base;
use super::super::value::{Type, Value};
use super::super::{ClassRef, Kind};
use super::is_useful;

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
            Value::Module(file) => match self.project.file(*file) {
                Some(module) => module.export(name).to_vec(),
                None => vec![Value::Unknown],
            },
            Value::Package(folder, dotted) => {
                vec![self.part_of(Target::Folder(*folder), dotted, name)]
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
        if !own {
            return self.member_from(class, name, of_instance, 1);
        }
        let question = Question::Member(class.reference(), name.to_owned(), of_instance);
        let work_out = || self.member_from(class, name, of_instance, 0);
        self.project.answers.get(question, work_out).to_vec()
    }

    /// A member, looked for from this position of the class's resolution order on.
    fn member_from(
        self,
        class: Class<'m>,
        name: &str,
        of_instance: bool,
        from: usize,
    ) -> Vec<Value> {
        let order = class.order();
        for base in order.iter().skip(from) {
            match base {
                Base::Class(local) => {
                    let local = self.project.class(*local);
                    if let Some(function) = local.own_method(name) {
                        return bound(function, of_instance);
                    }
                    let found = local.own_attribute(name);
                    if found.iter().any(is_useful) {
                        return found;
                    }
                }
                Base::External(base) if self.library().member(base, name).is_some() => {
                    return self.external_member(base, name, of_instance);
                }
                Base::External(_) | Base::Unknown => {}
            }
        }
        let external = order.iter().find_map(|base| match base {
            Base::External(base) => Some(base),
            _ => None,
        });
        match external {
            Some(base) => self.external_member(base, name, of_instance),
            None if of_instance && !name.starts_with("__") && !order.contains(&Base::Unknown) => {
                self.by_getattr(class, name)
            }
            None => vec![Value::Unknown],
        }
    }

    /// What a class's `__getattr__` gives for a name: what its annotation says, or the attribute of another object that it
    /// hands the name on to.
    fn by_getattr(self, class: Class<'m>, name: &str) -> Vec<Value> {
        let Some(function) = class.method("__getattr__") else { return vec![Value::Unknown] };
        let mut found = Vec::new();
        if function.node().returns.is_some() {
            found = function.results().to_vec();
        } else if let Some(param) = function.node().params.get(1) {
            let param = function.module().slice(param.name);
            let got = function.returned_expressions().filter_map(Expr::as_call);
            for call in got.filter(|call| call.is("builtins.getattr")) {
                let (Some(of), Some(asked)) = (call.positional(0), call.positional(1)) else {
                    continue;
                };
                let asked = asked.text().strip_prefix(param);
                let name = match asked {
                    Some("") => name,
                    Some("[1:]") => name.get(1..).unwrap_or_default(),
                    _ => continue,
                };
                found.extend(of.values().iter().flat_map(|it| self.attribute_of(it, name)));
            }
        }
        found.retain(is_useful);
        if found.is_empty() { vec![Value::Unknown] } else { found }
    }

    fn external_member(self, base: &str, name: &str, of_instance: bool) -> Vec<Value> {
        if of_instance {
            self.member_of_external(base, name)
        } else {
            vec![self.external(&format!("{base}.{name}"))]
        }
    }
}

impl<'m> Class<'m> {
    /// Whether its instances have no attribute of this name, as far as the repository tells; no more than that is known of a
    /// class with a base from outside or with a `__getattr__`.
    pub(super) fn surely_lacks(self, name: &str) -> bool {
        let has = |class: &ClassRef| {
            let class = self.module.project.class(*class);
            let names = class.module.names();
            let members = &names.scope(class.node().scope).names;
            members.contains_key(name)
                || members.contains_key("__getattr__")
                || names.attributes.get(&class.id).is_some_and(|all| all.contains_key(name))
        };
        self.order().iter().all(|base| match base {
            Base::Class(class) => !has(class),
            Base::External(_) | Base::Unknown => false,
        })
    }

    /// The last method of this name that the class's body defines; of a property, the one that gives its value.
    pub(in super::super) fn own_method(self, name: &str) -> Option<Function<'m>> {
        let bindings = self.module.names().scope(self.node().scope).names.get(name)?;
        let function = |binding: &Binding| match binding.source {
            Origin::Function(id) => Some(self.module.function(id)),
            _ => None,
        };
        let last = function(bindings.last()?)?;
        let first = function(bindings.first()?).filter(|it| it.is_property());
        Some(first.unwrap_or(last))
    }

    /// All that the body binds to the name, or the body of the first base in the repository that has it: a method for each
    /// `def` of it, and the values that are assigned.
    pub fn bound(self, name: &str) -> Vec<Value> {
        let bindings = |class: &Class<'m>| {
            class.module.names().scope(class.node().scope).names.get(name).map(|all| (*class, all))
        };
        let found = self.lineage().0.iter().find_map(bindings);
        let values = found.into_iter().flat_map(|(class, all)| {
            all.iter().flat_map(move |it| class.module.source_values(&it.source))
        });
        values.collect()
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
