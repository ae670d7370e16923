//! Annotations, quoted or not: read as text, since the same text may stand in a string.

use super::super::answers::Question;
use super::super::ast::*;
use super::super::bind::Origin;
use super::super::handles::{Expr, Function};
use super::super::index::Target;
use super::super::module::Module;
use super::super::reaching::lasting_values;
use super::super::value::{Type, Value};

/// Longest annotation that is read.
const LONGEST: usize = 400;

impl<'m> Module<'m> {
    /// What a name annotated so is.
    pub(in super::super) fn annotated(self, annotation: ExprId) -> Vec<Value> {
        let expr = self.expr(annotation);
        let text = self.slice(expr);
        if text.len() > LONGEST {
            return vec![Value::Unknown];
        }
        // An alias may lead back to itself: `Json = dict[str, "Json"]`.
        let question = Question::Annotated(self.id(), annotation);
        self.project.answers.get(question, || self.declared(expr, text, 0)).to_vec()
    }

    fn declared(self, at: Expr<'m>, text: &str, depth: u32) -> Vec<Value> {
        let text = text.trim();
        if depth > 6 {
            return vec![Value::Unknown];
        }
        if let Some(quoted) = unquoted(text) {
            return self.declared(at, quoted, depth + 1);
        }
        let parts = split(text, '|');
        if parts.len() > 1 {
            let some = parts.into_iter().filter(|part| part.trim() != "None");
            return settled(some.flat_map(|part| self.declared(at, part, depth + 1)).collect());
        }
        if let Some((head, arguments)) = text.strip_suffix(']').and_then(|it| it.split_once('[')) {
            return self.generic(at, head.trim(), &split(arguments, ','), depth);
        }
        if text == "None" {
            return vec![Value::None];
        }
        if let Some(meant) = self.alias(at, text) {
            return meant;
        }
        self.dotted(at, text).iter().flat_map(|it| self.bare(at, it)).collect()
    }

    /// What a name stands for that a module binds to something composed: `Store = Client | None`, or to a type variable with
    /// a bound. Plain names of classes need no such care.
    fn alias(self, at: Expr<'m>, text: &str) -> Option<Vec<Value>> {
        let (mut module, mut name) = (self, text.to_owned());
        let scope = self.names().find(at.scope(), text)?;
        if scope != ScopeId(0) {
            return None;
        }
        for _ in 0..4 {
            let [binding] = lasting_values(module, &name)[..] else { return None };
            match &binding.source {
                Origin::From { module: from, level, name: imported } => {
                    let target = self.project.index().resolve(module.id(), from, *level)?;
                    let Target::File(file) = target else { return None };
                    name.clone_from(imported);
                    module = self.project.file(file)?;
                }
                Origin::Value(expr, steps) if steps.is_empty() => return module.composed(*expr),
                Origin::Annotated(_, Some(expr)) => return module.composed(*expr),
                _ => return None,
            }
        }
        None
    }

    /// What an expression means as an annotation, if it is more than a name.
    fn composed(self, id: ExprId) -> Option<Vec<Value>> {
        let expr = self.expr(id);
        match expr.kind() {
            ExprKind::Subscript { .. } | ExprKind::Binary(_) | ExprKind::Str => {
                Some(self.annotated(id))
            }
            ExprKind::Call { .. } => {
                let call = expr.as_call()?;
                let variable = call.is_any(&["typing.TypeVar", "typing_extensions.TypeVar"]);
                let bound = call.keyword("bound").filter(|_| variable)?;
                Some(self.annotated(bound.id()))
            }
            _ => None,
        }
    }

    /// An instance of a class named without arguments.
    fn bare(self, at: Expr<'m>, class: &Value) -> Vec<Value> {
        match class {
            Value::External(name) if name == "typing.Self" || name == "typing_extensions.Self" => {
                let class = at.function().and_then(Function::class).or(at.class_around());
                vec![
                    class.map_or(Value::Unknown, |it| Value::Instance(Type::Local(it.reference()))),
                ]
            }
            Value::External(name) if is_vague(name) => vec![Value::Unknown],
            _ => self.instance_of(class),
        }
    }

    fn generic(self, at: Expr<'m>, head: &str, args: &[&str], depth: u32) -> Vec<Value> {
        let of = |index: usize| {
            args.get(index).map_or(vec![Value::Unknown], |it| self.declared(at, it, depth + 1))
        };
        let one = |index: usize| Box::new(super::single(of(index)));
        let last = head.rsplit('.').next().unwrap_or_default();
        match last {
            "Optional" | "Annotated" | "Final" | "ClassVar" | "Required" | "NotRequired" => of(0),
            "Union" => {
                settled((0..args.len()).flat_map(of).filter(|it| *it != Value::None).collect())
            }
            "Awaitable" => vec![Value::Awaitable(one(0))],
            "Coroutine" | "CoroutineType" => vec![Value::Awaitable(one(2))],
            "type" | "Type" => match args.first() {
                Some(name) => self.dotted(at, name.trim()),
                None => vec![Value::Unknown],
            },
            "list" | "List" | "set" | "Set" | "frozenset" | "FrozenSet" | "Sequence"
            | "Iterable" | "Iterator" | "Generator" | "AsyncIterable" | "AsyncIterator"
            | "AsyncGenerator" | "Collection" | "MutableSequence" | "deque" | "Deque" => {
                vec![Value::Items(one(0))]
            }
            "dict" | "Dict" | "Mapping" | "MutableMapping" | "defaultdict" | "DefaultDict"
            | "OrderedDict" => vec![Value::Map(one(1))],
            "tuple" | "Tuple" if args.last().is_some_and(|it| it.trim() == "...") => {
                vec![Value::Items(one(0))]
            }
            "tuple" | "Tuple" => vec![Value::Tuple((0..args.len()).map(|it| *one(it)).collect())],
            // What gives no awaitable is not told: a name for it may hold a class as well.
            "Callable" => vec![match *one(1) {
                gives @ Value::Awaitable(_) if !may_be_none(args[1]) => {
                    Value::Callable(Box::new(gives))
                }
                _ => Value::Unknown,
            }],
            "Literal" => vec![Value::Unknown],
            _ => self.dotted(at, head).iter().flat_map(|it| self.bare(at, it)).collect(),
        }
    }

    /// What a dotted name means at an expression.
    fn dotted(self, at: Expr<'m>, text: &str) -> Vec<Value> {
        let valid = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
        if text.is_empty() || !text.chars().all(valid) {
            return vec![Value::Unknown];
        }
        let mut parts = text.split('.');
        let mut values = self.look_up(at, parts.next().unwrap_or_default());
        for part in parts {
            values = values.iter().flat_map(|it| self.attribute_of(it, part)).collect();
        }
        values
    }
}

/// A callable that may as well be one of another kind is one of which nobody knows what it gives.
fn settled(values: Vec<Value>) -> Vec<Value> {
    let callable = |it: &Value| matches!(it, Value::Callable(_));
    let other = values.iter().any(|it| !callable(it) && *it != Value::None);
    if other && values.iter().any(callable) { vec![Value::Unknown] } else { values }
}

/// Whether what an annotation describes may be `None`.
fn may_be_none(text: &str) -> bool {
    let text = text.trim();
    let last = |head: &str| head.rsplit('.').next().unwrap_or_default().trim().to_owned();
    split(text, '|').iter().any(|part| part.trim() == "None")
        || text.split_once('[').is_some_and(|(head, _)| last(head) == "Optional")
}

/// Types that say too little to be a class.
fn is_vague(name: &str) -> bool {
    matches!(
        name,
        "typing.Any" | "builtins.object" | "typing.Awaitable" | "collections.abc.Awaitable"
    )
}

/// The text between quotes, if it is in quotes.
fn unquoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    text.strip_prefix(quote)?.strip_suffix(quote)
}

/// The parts between the sign, where it stands outside brackets and quotes.
fn split(text: &str, at: char) -> Vec<&str> {
    let (mut parts, mut start, mut depth, mut quote) = (Vec::new(), 0, 0_u32, None);
    for (index, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '[' | '(') => depth += 1,
            (None, ']' | ')') => depth = depth.saturating_sub(1),
            (None, c) if c == at && depth == 0 => {
                parts.push(&text[start..index]);
                start = index + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}
