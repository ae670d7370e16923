//! What the users of a definition can tell of it. Two versions of a definition that agree in their facets make no difference
//! outside of themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::ast::*;
use super::bind::Origin;
use super::handles::Expr;
use super::index::FileId;
use super::table::Set;
use super::value::{Type, Value};
use super::{ClassRef, Function, FunctionRef, Module, Project, Span};

/// Most functions that are followed from one, for what it does through others.
const MOST_FOLLOWED: usize = 200;

/// Deepest nesting of a value that is told apart.
const DEEPEST: usize = 6;

/// Methods that end the use of something. Whether a function calls them is a facet, whatever it calls them on.
const ENDING: [&str; 9] = [
    "close",
    "aclose",
    "wait_closed",
    "shutdown",
    "cancel",
    "stop",
    "release",
    "terminate",
    "disconnect",
];

/// Methods that Python calls where an instance is used without naming them.
const BY_PYTHON: [&str; 9] = [
    "__aenter__",
    "__aexit__",
    "__aiter__",
    "__call__",
    "__enter__",
    "__exit__",
    "__getitem__",
    "__iter__",
    "__next__",
];

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

/// How facets name files: by a path that is the same on both sides of a change.
pub type PathOf<'a> = &'a dyn Fn(FileId) -> String;

impl Definition<'_> {
    /// The name by which code uses it: the last one, or for what Python calls by itself (`__init__`), the class's.
    pub fn used_as(&self) -> &str {
        let mut names = self.name.rsplit('.');
        let last = names.next().unwrap_or_default();
        let special = last.starts_with("__") && last.ends_with("__");
        if special { names.next().unwrap_or(last) } else { last }
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

    /// The functions in which an attribute or name gets its values: what their parameters and variables are, it is.
    pub fn bound_in(&self) -> Vec<Function<'_>> {
        let What::Bound(all) = &self.what else { return Vec::new() };
        let mut functions: Vec<Function<'_>> = Vec::new();
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

impl Expr<'_> {
    /// What it may be, told so that both sides of a change tell the same of what is the same.
    pub fn told(self, path_of: PathOf<'_>) -> String {
        let project = self.module().project();
        let mut teller = Teller { project, path_of, text: String::new() };
        teller.values(&self.values());
        teller.text
    }
}

/// Writes facets down.
struct Teller<'a, 'm> {
    project: &'m Project<'m>,
    path_of: PathOf<'a>,
    text: String,
}

impl<'m> Teller<'_, 'm> {
    fn function(&mut self, function: Function<'m>) {
        self.kind(function);
        let module = function.module();
        for param in &function.node().params {
            let annotation = param.annotation.map_or("", |id| module.expr(id).text());
            let default = if param.default.is_some() { "=" } else { "" };
            let name = module.slice(param.name);
            let _ = write!(self.text, "{:?} {name}:{annotation}{default},", param.kind);
        }
        self.text.push_str("->");
        self.values(&function.results());
        for effect in effects(function) {
            let _ = write!(self.text, ";{effect}");
        }
        // Whether it deals with what goes wrong in it.
        for stmt in function.statements() {
            if let StmtKind::Try { handlers, .. } = stmt.kind() {
                for handler in handlers {
                    let caught = handler.exceptions.map_or("", |it| module.expr(it).text());
                    let _ = write!(self.text, ";except {caught}");
                }
            }
        }
        self.text.push('\n');
    }

    /// What a function is to those who only name it.
    fn kind(&mut self, function: Function<'m>) {
        let (is_async, generator) = (function.is_async(), function.node().is_generator);
        let _ = write!(self.text, "{}{}", u8::from(is_async), u8::from(generator));
        for decorator in function.decorators() {
            let _ = write!(self.text, "@{}", decorator.text());
        }
    }

    fn class(&mut self, module: Module<'m>, id: ClassId) {
        let class = module.class(id);
        for base in &class.node().bases {
            if base.keyword.is_none() {
                self.values(&module.values(base.value));
            }
        }
        for decorator in &class.node().decorators {
            let _ = write!(self.text, "@{}", module.expr(*decorator).text());
        }
    }

    /// What Python calls by itself on instances: who uses the instance by its name need not name its class.
    fn called_by_python(&mut self, values: &[Value]) {
        for value in values {
            let Value::Instance(Type::Local(class)) = value else { continue };
            let class = self.project.class(*class);
            for method in BY_PYTHON.iter().filter_map(|name| class.method(name)) {
                self.function(method);
            }
        }
    }

    fn values(&mut self, values: &[Value]) {
        let mut told: Vec<String> = values.iter().map(|it| self.told(it, 0)).collect();
        told.sort_unstable();
        let _ = write!(self.text, "[{}]", told.join("|"));
    }

    fn told(&self, value: &Value, depth: usize) -> String {
        if depth > DEEPEST {
            return "…".to_owned();
        }
        let inner = |it: &Value| self.told(it, depth + 1);
        match value {
            Value::External(name) | Value::Package(_, name) => name.clone(),
            Value::Module(file) => (self.path_of)(*file),
            Value::Instance(Type::External(name)) => format!("a {name}"),
            Value::Instance(Type::Local(class)) => format!("a {}", self.class_name(*class)),
            Value::Class(class) => self.class_name(*class),
            Value::Super(class) => format!("super {}", self.class_name(*class)),
            Value::Function(it) => self.function_name(*it),
            Value::Method(it) => format!("bound {}", self.function_name(*it)),
            Value::Awaitable(it) => format!("await {}", inner(it)),
            Value::Partial(it) => format!("partial {}", inner(it)),
            Value::Callable(it) => format!("gives {}", inner(it)),
            Value::Items(it) => format!("items {}", inner(it)),
            Value::Map(it) => format!("map {}", inner(it)),
            Value::MapMethod(name, it) => format!("map.{name} {}", inner(it)),
            Value::Tuple(all) => {
                format!("({})", all.iter().map(inner).collect::<Vec<_>>().join(","))
            }
            Value::None | Value::Plain | Value::Unknown => format!("{value:?}"),
        }
    }

    fn class_name(&self, class: ClassRef) -> String {
        format!("{}:{}", (self.path_of)(class.file), self.project.class(class).qualified_name())
    }

    fn function_name(&self, function: FunctionRef) -> String {
        let path = (self.path_of)(function.file);
        let function = self.project.function(function);
        let kind = if function.is_async() { "async " } else { "" };
        format!("{kind}{path}:{}", function.qualified_name())
    }
}

/// What a function does, directly and through the synchronous functions that it runs: which things from outside it calls
/// that block, hang, compute or otherwise matter, and what it closes.
fn effects(function: Function<'_>) -> BTreeSet<String> {
    let mut effects = BTreeSet::new();
    let mut todo = vec![function];
    let mut seen: Set<FunctionRef> = Set::default();
    while let Some(at) = todo.pop() {
        if !seen.insert(at.reference()) || seen.len() > MOST_FOLLOWED {
            continue;
        }
        for expr in at.expressions() {
            if let Some(call) = expr.as_call() {
                if let Some(method) = call.method().filter(|it| ENDING.contains(it)) {
                    let of = call.receiver().map_or("", Expr::text);
                    effects.insert(format!("{of}.{method}"));
                }
                if let Some((name, fact)) = call.name().zip(call.fact())
                    && (fact.blocks.is_some() || !fact.tags.is_empty() || !fact.hands.is_empty())
                {
                    effects.insert(name);
                }
            }
            // What an asynchronous function does through others is found where it does it.
            if !function.is_async() {
                todo.extend(expr.runs());
            }
        }
    }
    effects
}
