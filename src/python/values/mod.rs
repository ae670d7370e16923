//! What expressions are: from bindings, annotations, library facts, calls within the file.

mod annotation;
mod attribute;
mod call;
mod import;
mod name;
mod param;

use std::sync::Arc;

use super::answers::Question;
use super::ast::*;
use super::bind::{Origin, Step};
use super::handles::Expr;
use super::module::Module;
use super::value::{Type, Value};
use super::{ClassRef, Fact, Kind};

impl<'m> Module<'m> {
    /// All that an expression may be, worked out once.
    pub(super) fn values(self, id: ExprId) -> Arc<[Value]> {
        let at = id.0 as usize;
        if let Some(Some(known)) = self.file.known.values.borrow().get(at) {
            self.project.answers.effort.spend(1);
            return Arc::clone(known);
        }
        let answers = &self.project.answers;
        let question = Question::Values(self.id(), id);
        let (values, lasts) = answers.get_with_term(question, || self.work_out(id));
        if lasts {
            let mut known = self.file.known.values.borrow_mut();
            if known.is_empty() {
                known.resize(self.syntax().exprs.len(), None);
            }
            if let Some(slot) = known.get_mut(at) {
                *slot = Some(Arc::clone(&values));
            }
        }
        values
    }

    fn work_out(self, id: ExprId) -> Vec<Value> {
        let expr = self.expr(id);
        match expr.kind() {
            ExprKind::Name => self.name_values(expr),
            ExprKind::Attribute { value, name } => {
                let name = self.slice(*name);
                if let Some(narrowed) = self.narrowed(expr) {
                    return narrowed;
                }
                self.each_value(*value, |it| match it {
                    // Of several classes, the ones that have no such attribute are not meant.
                    Value::Instance(Type::Local(class))
                        if self.values(*value).len() > 1
                            && self.project.class(*class).surely_lacks(name) =>
                    {
                        Vec::new()
                    }
                    _ => self.attribute_of(it, name),
                })
            }
            ExprKind::Call { callee, .. } => self.call_values(expr, *callee),
            ExprKind::Await(inner) => {
                // What can't be awaited is not meant where it may be several things.
                let values = self.values(*inner);
                let able = |it: &&Value| matches!(it, Value::Awaitable(_));
                if values.iter().any(|it| able(&it)) {
                    return values.iter().filter(able).flat_map(awaited).collect();
                }
                self.each_value(*inner, awaited)
            }
            ExprKind::Lambda(id) => vec![Value::Function(self.function(*id).reference())],
            ExprKind::Boolean(parts) => {
                parts.iter().flat_map(|it| self.values(*it).to_vec()).collect()
            }
            ExprKind::Conditional { then, otherwise, .. } => {
                [then, otherwise].iter().flat_map(|it| self.values(**it).to_vec()).collect()
            }
            ExprKind::Walrus { value, .. } => self.values(*value).to_vec(),
            ExprKind::Tuple(parts) => {
                let one = |part: &ExprId| match &self.values(*part)[..] {
                    [only] => only.clone(),
                    _ => Value::Unknown,
                };
                vec![Value::Tuple(parts.iter().take(32).map(one).collect())]
            }
            ExprKind::List(parts) | ExprKind::Set(parts) => {
                vec![Value::Items(Box::new(self.common(parts)))]
            }
            ExprKind::Dict(pairs) => {
                let values: Vec<ExprId> = pairs.iter().map(|(_, value)| *value).collect();
                vec![Value::Map(Box::new(self.common(&values)))]
            }
            ExprKind::Comprehension { kind, elements, .. } => {
                let last = elements.last().map(std::slice::from_ref).unwrap_or_default();
                let item = Box::new(self.common(last));
                vec![if *kind == ComprehensionKind::Dict {
                    Value::Map(item)
                } else {
                    Value::Items(item)
                }]
            }
            ExprKind::Subscript { value, indices } => {
                let index = match indices[..] {
                    [index] => self.slice(self.expr(index)).parse().ok(),
                    _ => None,
                };
                self.each_value(*value, |it| self.subscripted(it, index))
            }
            ExprKind::Binary(parts) => self.calculated(parts),
            ExprKind::None => vec![Value::None],
            ExprKind::Str
            | ExprKind::Format(_)
            | ExprKind::Number
            | ExprKind::Bool(_)
            | ExprKind::Compare(_)
            | ExprKind::Not(_) => vec![Value::Plain],
            _ => vec![Value::Unknown],
        }
    }

    fn each_value(self, id: ExprId, apply: impl Fn(&Value) -> Vec<Value>) -> Vec<Value> {
        self.values(id).iter().filter(|it| **it != Value::None).flat_map(apply).collect()
    }

    /// What `a / b` gives, where a library says so. The operator is not asked for: the classes that say it know one.
    fn calculated(self, parts: &[ExprId]) -> Vec<Value> {
        let Some(first) = parts.first() else { return vec![Value::Unknown] };
        self.each_value(*first, |it| {
            let Value::Instance(Type::External(class)) = it else { return vec![Value::Unknown] };
            let member = self.library().member(class, "__truediv__");
            let gives = member.and_then(|it| self.library().fact(&it)?.gives);
            vec![gives.map_or(Value::Unknown, Value::instance)]
        })
    }

    /// The items of an iteration over an instance.
    fn iterated(self, class: ClassRef) -> Vec<Value> {
        let class = self.project.class(class);
        let given = |name: &str| class.method(name).map(|it| it.results().to_vec());
        let item = |it: &Value| match it {
            Value::Items(item) => Some((**item).clone()),
            _ => None,
        };
        let iterators = ["__iter__", "__aiter__"].iter().find_map(|name| given(name));
        let items: Vec<Value> = iterators.iter().flatten().filter_map(item).collect();
        if !items.is_empty() {
            return items;
        }
        let next = ["__next__", "__anext__"].iter().find_map(|name| given(name));
        let next = next.unwrap_or_else(|| vec![Value::Unknown]).into_iter();
        next.map(|it| if let Value::Awaitable(inner) = it { *inner } else { it }).collect()
    }

    /// What `value[index]` gives.
    fn subscripted(self, value: &Value, index: Option<usize>) -> Vec<Value> {
        match value {
            Value::Instance(Type::Local(class)) => {
                match self.project.class(*class).method("__getitem__") {
                    Some(method) => method.results().to_vec(),
                    None => vec![Value::Unknown],
                }
            }
            Value::Instance(Type::External(class)) => {
                let attributes = self.library().fact(class).map_or(&[][..], |fact| fact.attributes);
                let item = attributes.iter().find(|(name, _)| *name == "[]");
                vec![item.map_or(Value::Unknown, |(_, class)| Value::instance(*class))]
            }
            _ => subscripted(value, index),
        }
    }

    /// What the expressions have in common.
    fn common(self, exprs: &[ExprId]) -> Value {
        let mut all = exprs.iter().take(8).map(|id| self.values(*id));
        let Some(first) = all.next() else { return Value::Unknown };
        match &first[..] {
            [only] if all.all(|it| it[..] == first[..]) => only.clone(),
            _ => Value::Unknown,
        }
    }

    /// What a source gives.
    pub(super) fn source_values(self, source: &Origin) -> Vec<Value> {
        match source {
            Origin::Import(name) => vec![self.imported(name)],
            Origin::From { module, level, name } => self.imported_from(module, *level, name),
            Origin::Function(id) => vec![Value::Function(self.function(*id).reference())],
            Origin::Class(id) => vec![Value::Class(self.class(*id).reference())],
            Origin::Param(function, index) => self.param_values(*function, *index),
            Origin::Value(expr, steps) => {
                let mut values = match steps.first() {
                    Some(Step::Enter) => self.entered(*expr, false),
                    Some(Step::AsyncEnter) => self.entered(*expr, true),
                    _ => self.values(*expr).to_vec(),
                };
                for step in steps {
                    values = values.iter().flat_map(|it| self.step(it, *step)).collect();
                }
                values
            }
            Origin::Annotated(annotation, value) => {
                let declared = self.annotated(*annotation);
                let useless =
                    |it: &Value| matches!(it, Value::Unknown | Value::Plain | Value::None);
                match value {
                    Some(value) if declared.iter().all(useless) => self.values(*value).to_vec(),
                    _ => declared,
                }
            }
            Origin::Deleted | Origin::Unknown => vec![Value::Unknown],
        }
    }

    fn step(self, value: &Value, step: Step) -> Vec<Value> {
        match (step, value) {
            (Step::Enter | Step::AsyncEnter, _) => vec![value.clone()],
            (Step::Item(index), Value::Tuple(parts)) => {
                vec![parts.get(index).cloned().unwrap_or(Value::Unknown)]
            }
            (Step::Item(_) | Step::Each, Value::Items(item)) => vec![(**item).clone()],
            (Step::Each, Value::Instance(Type::Local(class))) => self.iterated(*class),
            (Step::Each, Value::Instance(Type::External(class))) => {
                let items = self.library().fact(class).and_then(|fact| fact.items);
                vec![items.map_or(Value::Unknown, Value::instance)]
            }
            _ => vec![Value::Unknown],
        }
    }

    /// A thing from outside, under its canonical name.
    pub(super) fn external(self, name: &str) -> Value {
        Value::External(self.library().canonical(name))
    }
}

/// What `await` gives.
fn awaited(value: &Value) -> Vec<Value> {
    match value {
        Value::Awaitable(inner) => vec![(**inner).clone()],
        _ => vec![Value::Unknown],
    }
}

fn subscripted(value: &Value, index: Option<usize>) -> Vec<Value> {
    match value {
        Value::Items(item) | Value::Map(item) => vec![(**item).clone()],
        Value::Tuple(parts) => match index {
            Some(index) => vec![parts.get(index).cloned().unwrap_or(Value::Unknown)],
            None => vec![Value::Unknown],
        },
        // `Queue[int]`
        Value::External(_) | Value::Class(_) => vec![value.clone()],
        _ => vec![Value::Unknown],
    }
}

/// The only value, if there is only one.
fn single(values: Vec<Value>) -> Value {
    match <[Value; 1]>::try_from(values) {
        Ok([only]) => only,
        Err(_) => Value::Unknown,
    }
}

/// An instance of a class, or for `(A, B)` a tuple of such.
fn given(class: &str) -> Value {
    match class.strip_prefix('(').and_then(|it| it.strip_suffix(')')) {
        Some(classes) => Value::Tuple(classes.split(", ").map(Value::instance).collect()),
        None => Value::instance(class),
    }
}

/// What a call to something with this fact gives.
fn result_of(fact: Fact<'_>, name: &str) -> Value {
    let given = fact.gives.map_or(Value::Unknown, given);
    match fact.kind {
        Kind::Class => Value::instance(name),
        Kind::Coroutine | Kind::AwaitableContext | Kind::Future => {
            Value::Awaitable(Box::new(given))
        }
        Kind::AsyncIterator => {
            Value::Items(Box::new(fact.items.map_or(Value::Unknown, Value::instance)))
        }
        Kind::Function | Kind::Attribute | Kind::AsyncContext | Kind::Decorator => {
            match (fact.items, fact.gives) {
                (Some(items), None) => Value::Items(Box::new(Value::instance(items))),
                _ => given,
            }
        }
    }
}

/// Something that `await` gives a value of.
pub(super) fn is_useful(value: &Value) -> bool {
    !matches!(value, Value::Unknown | Value::None)
}

impl Expr<'_> {
    /// Its values without `None`.
    pub(super) fn something(self) -> Arc<[Value]> {
        let values = self.module().values(self.id());
        if values.contains(&Value::None) {
            return values.iter().filter(|it| **it != Value::None).cloned().collect();
        }
        values
    }
}
