//! Annotations, quoted or not: read as text, since the same text may stand in a string.

use super::super::answers::Question;
use super::super::ast::*;
use super::super::handles::{Expr, Function};
use super::super::module::Module;
use super::super::value::{Type, Value};

/// Longest annotation that is read.
const LONGEST: usize = 400;

impl<'m> Module<'m> {
    /// What a name annotated so is.
    pub(super) fn annotated(self, annotation: ExprId) -> Vec<Value> {
        let expr = self.expr(annotation);
        let text = self.slice(expr);
        if text.len() > LONGEST {
            return vec![Value::Unknown];
        }
        // An annotation may name what it annotates: `kind: kind`.
        let question = Question::Annotation(self.id(), annotation);
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
            return some.flat_map(|part| self.declared(at, part, depth + 1)).collect();
        }
        if let Some((head, arguments)) = text.strip_suffix(']').and_then(|it| it.split_once('[')) {
            return self.generic(at, head.trim(), &split(arguments, ','), depth);
        }
        if text == "None" {
            return vec![Value::None];
        }
        self.dotted(at, text).iter().flat_map(|it| self.bare(at, it)).collect()
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
            "Union" => (0..args.len()).flat_map(of).filter(|it| *it != Value::None).collect(),
            "Awaitable" => vec![Value::Awaitable(one(0))],
            "Coroutine" => vec![Value::Awaitable(one(2))],
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
            "Callable" | "Literal" => vec![Value::Unknown],
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
