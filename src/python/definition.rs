//! What the users of a definition can tell of it. Two versions of a definition that agree in their facets make no difference
//! outside of themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::ast::*;
use super::bind::Origin;
use super::facets::{DEEPEST, PathOf, Teller};
use super::value::{Type, Value};
use super::{ClassRef, Function, FunctionRef, Module, Span};

/// Something that other files can name: a function, method, class, attribute or name of a module.
#[derive(Clone)]
pub struct Definition<'m> {
    module: Module<'m>,
    what: What,
    /// Its name with the classes it is in: `Client.fetch`.
    pub name: String,
    /// Where it is defined; where it is first assigned to.
    pub span: Span,
}

#[derive(Clone)]
enum What {
    /// All functions of the name: overloads, or one for each branch of an `if`.
    Functions(Vec<FunctionId>),
    Class(ClassId),
    /// What an attribute of a class, or a name of the module, is bound to.
    Bound(Vec<Origin>),
}

impl<'m> Module<'m> {
    /// All that other files can name, in the order of names.
    pub fn definitions(self) -> Vec<Definition<'m>> {
        let mut found: BTreeMap<String, Definition<'m>> = BTreeMap::new();
        for function in self.functions() {
            let outer = self.names().scope(function.node().outer);
            if function.name().is_empty() || outer.function.is_some() {
                continue;
            }
            let name = function.qualified_name();
            let made = || self.definition(&name, What::Functions(Vec::new()), function.span());
            let definition = found.entry(name.clone()).or_insert_with(made);
            if let What::Functions(all) = &mut definition.what {
                all.push(function.id());
                definition.span = function.span();
            }
        }
        for class in self.classes() {
            let outer = self.names().scope(class.node().outer);
            if outer.function.is_some() {
                continue;
            }
            let name = class.qualified_name();
            let own = self.names().scope(class.node().scope).names.iter();
            let own = own.map(|(name, all)| (name, all.iter().map(|it| &it.source).collect()));
            let assigned = self.names().attributes.get(&class.id()).into_iter().flatten();
            let assigned = assigned.map(|(name, all)| (name, all.iter().collect()));
            self.bound(&format!("{name}."), class.span(), own.chain(assigned), &mut found);
            found.insert(
                name.clone(),
                self.definition(&name, What::Class(class.id()), class.span()),
            );
        }
        let names = self.names().scopes.first().into_iter().flat_map(|scope| &scope.names);
        let names = names.map(|(name, all)| (name, all.iter().map(|it| &it.source).collect()));
        self.bound("", Span::new(0, 0), names, &mut found);
        found.into_values().collect()
    }

    fn definition(self, name: &str, what: What, span: Span) -> Definition<'m> {
        Definition { module: self, what, name: name.to_owned(), span }
    }

    /// Adds what names are bound to, but for functions and classes.
    fn bound<'a>(
        self,
        prefix: &str,
        within: Span,
        names: impl Iterator<Item = (&'a String, Vec<&'a Origin>)>,
        found: &mut BTreeMap<String, Definition<'m>>,
    ) {
        for (name, origins) in names {
            let defined = |it: &&Origin| matches!(it, Origin::Function(_) | Origin::Class(_));
            let origins: Vec<Origin> =
                origins.into_iter().filter(|it| !defined(it)).cloned().collect();
            let Some(first) = origins.first() else { continue };
            let name = format!("{prefix}{name}");
            let span = self.origin_span(first).unwrap_or(within);
            let made = || self.definition(&name, What::Bound(Vec::new()), span);
            if let What::Bound(all) = &mut found.entry(name.clone()).or_insert_with(made).what {
                all.extend(origins);
            }
        }
    }

    fn origin_span(self, origin: &Origin) -> Option<Span> {
        match origin {
            Origin::Value(expr, _) => Some(self.expr(*expr).stmt().span()),
            Origin::Annotated(annotation, _) => Some(self.expr(*annotation).stmt().span()),
            _ => None,
        }
    }

    /// What an origin is, as it is written.
    fn origin_text(self, origin: &Origin) -> String {
        let text = |id: &ExprId| self.slice(self.expr(*id)).to_owned();
        match origin {
            Origin::Import(name) => name.clone(),
            Origin::From { module, level, name } => format!("{level} {module} {name}"),
            Origin::Value(expr, steps) => format!("{} {steps:?}", text(expr)),
            Origin::Annotated(annotation, value) => {
                let value = value.as_ref().map(text).unwrap_or_default();
                format!("{}={value}", text(annotation))
            }
            Origin::Param(function, index) => {
                let param = self.function(*function).node().params[*index];
                param.annotation.as_ref().map(text).unwrap_or_default()
            }
            Origin::Function(_) | Origin::Class(_) | Origin::Deleted | Origin::Unknown => {
                String::new()
            }
        }
    }
}

impl Module<'_> {
    /// Other names that the file gives to imported things, and what they are called where they come from: one of these.
    pub fn imported_as(self, names: &BTreeSet<String>) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        for (bound, all) in self.names().scopes.iter().flat_map(|scope| &scope.names) {
            for binding in all {
                if let Origin::From { name, .. } = &binding.source
                    && name != bound
                    && names.contains(name)
                {
                    found.insert(bound.clone(), name.clone());
                }
            }
        }
        found
    }
}

impl<'m> Definition<'m> {
    /// The functions in which an attribute or name gets its values: what their parameters and variables are, it is.
    pub fn bound_in(&self) -> Vec<Function<'m>> {
        let What::Bound(all) = &self.what else { return Vec::new() };
        let mut functions: Vec<Function<'m>> = Vec::new();
        for origin in all {
            let function = match origin {
                Origin::Value(expr, _) | Origin::Annotated(expr, _) => {
                    self.module.expr(*expr).function()
                }
                Origin::Param(function, _) => Some(self.module.function(*function)),
                _ => None,
            };
            functions
                .extend(function.map(Function::outermost).filter(|it| !functions.contains(it)));
        }
        functions
    }
}

impl Definition<'_> {
    /// The name by which code uses it, see [`used_as`].
    pub fn used_as(&self) -> &str {
        used_as(&self.name)
    }

    /// Whether users could have meant it before it was there, or still mean something when it is gone: a method or attribute
    /// that a class would have from a base, too. Here it is asked of the side on which it is not defined.
    pub fn is_inherited(module: Module<'_>, name: &str) -> bool {
        let Some((class, member)) = name.rsplit_once('.') else { return false };
        let own = |it: &super::Class<'_>| it.qualified_name() == class;
        let library = module.library();
        module.classes().filter(own).any(|it| {
            let mut bases = it.external_bases().into_iter();
            it.method(member).is_some() || bases.any(|base| library.member(&base, member).is_some())
        })
    }

    /// It as it is written: what tells two versions apart that are the same but for moving.
    pub fn text(&self) -> String {
        let module = self.module;
        let mut text = String::new();
        match &self.what {
            What::Functions(all) => {
                for function in all.iter().map(|id| module.function(*id)) {
                    for decorator in function.decorators() {
                        let _ = writeln!(text, "@{}", decorator.text());
                    }
                    text.push_str(function.text());
                }
            }
            What::Class(id) => {
                let class = module.class(*id);
                for decorator in &class.node().decorators {
                    let _ = writeln!(text, "@{}", module.expr(*decorator).text());
                }
                for base in &class.node().bases {
                    let _ = write!(text, "{},", module.expr(base.value).text());
                }
            }
            What::Bound(all) => {
                for origin in all {
                    let _ = writeln!(text, "{}", module.origin_text(origin));
                }
            }
        }
        text
    }

    /// What users can tell of it: whether it is asynchronous, what calling it gives and does, what it derives from, what it
    /// is bound to.
    pub fn facets(&self, path_of: PathOf<'_>) -> String {
        let module = self.module;
        let mut teller = Teller { project: module.project(), path_of, text: String::new() };
        match &self.what {
            What::Functions(all) => {
                for id in all {
                    teller.function(module.function(*id));
                }
            }
            What::Class(id) => teller.class(module, *id),
            What::Bound(all) => {
                let mut values: Vec<Value> =
                    all.iter().take(16).flat_map(|it| module.source_values(it)).collect();
                values.dedup();
                teller.values(&values);
                teller.called_by_python(&values);
            }
        }
        teller.text
    }

    /// The functions and classes that it is.
    pub fn named(&self) -> Vec<Named> {
        let file = self.module.id();
        match &self.what {
            What::Functions(all) => {
                let functions = all.iter().map(|id| Named::Function(FunctionRef { file, id: *id }));
                // What Python calls by itself is used by using the class.
                let class = all.first().and_then(|id| self.module.function(*id).class());
                let class = class.filter(|it| self.used_as() == it.name());
                functions.chain(class.map(|it| Named::Class(it.reference()))).collect()
            }
            What::Class(id) => vec![Named::Class(ClassRef { file, id: *id })],
            What::Bound(_) => Vec::new(),
        }
    }
}

/// The name by which code uses a definition of this qualified name: the last one, or for what Python calls by itself
/// (`__init__`), the class's.
pub fn used_as(name: &str) -> &str {
    let mut names = name.rsplit('.');
    let last = names.next().unwrap_or_default();
    let special = last.starts_with("__") && last.ends_with("__");
    if special { names.next().unwrap_or(last) } else { last }
}

/// A function or class that a value leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Named {
    /// A function, method or lambda.
    Function(FunctionRef),
    /// A class, or an instance of it.
    Class(ClassRef),
}

impl Value {
    /// The functions and classes of the repository that it is made of.
    pub fn named(&self) -> Vec<Named> {
        let mut found = Vec::new();
        self.collect(&mut found, 0);
        found
    }

    fn collect(&self, found: &mut Vec<Named>, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        match self {
            Value::Function(it) | Value::Method(it) => found.push(Named::Function(*it)),
            Value::Class(it) | Value::Super(it) | Value::Instance(Type::Local(it)) => {
                found.push(Named::Class(*it));
            }
            Value::Awaitable(it)
            | Value::Partial(it)
            | Value::Callable(it)
            | Value::Items(it)
            | Value::Map(it)
            | Value::MapMethod(_, it) => it.collect(found, depth + 1),
            Value::Tuple(all) => all.iter().for_each(|it| it.collect(found, depth + 1)),
            _ => {}
        }
    }
}
