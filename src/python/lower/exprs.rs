//! Expressions.

use super::super::ast::*;
use super::{Field, Kind, Lower, ScopeOwner, is_expression, is_statement};

impl Lower<'_> {
    /// The expression under the cursor.
    pub(super) fn expr(&mut self) -> ExprId {
        let span = self.span();
        match self.deeper(Self::expr_here) {
            Some(id) => id,
            None => self.reserve(span),
        }
    }

    fn expr_here(&mut self) -> ExprId {
        let span = self.span();
        match self.kind() {
            Kind::ParenthesizedExpression | Kind::ParenthesizedListSplat => self.parenthesised(),
            Kind::Type | Kind::AsPatternTarget | Kind::CasePattern => self.wrapped(),
            Kind::Identifier => self.make(span, |_, _| ExprKind::Name),
            Kind::Attribute => self.make(span, |me, _| me.attribute()),
            Kind::Call => self.make(span, |me, _| me.call()),
            Kind::Await => self.make(span, |me, _| ExprKind::Await(me.only_part())),
            Kind::Yield => self.make(span, |me, _| me.yielded()),
            Kind::Lambda => self.lambda(),
            Kind::ListComprehension => self.comprehension(ComprehensionKind::List),
            Kind::SetComprehension => self.comprehension(ComprehensionKind::Set),
            Kind::DictionaryComprehension => self.comprehension(ComprehensionKind::Dict),
            Kind::GeneratorExpression => self.comprehension(ComprehensionKind::Generator),
            Kind::Subscript => self.make(span, |me, _| me.subscript()),
            Kind::BinaryOperator => {
                self.make(span, |me, _| ExprKind::Binary(me.operands(Kind::BinaryOperator)))
            }
            Kind::BooleanOperator => {
                self.make(span, |me, _| ExprKind::Boolean(me.operands(Kind::BooleanOperator)))
            }
            Kind::NotOperator => self.make(span, |me, _| ExprKind::Not(me.only_part())),
            Kind::UnaryOperator => self.make(span, |me, _| ExprKind::Unary(me.only_part())),
            Kind::ComparisonOperator => self.make(span, |me, _| ExprKind::Compare(me.parts())),
            Kind::ConditionalExpression => self.make(span, |me, _| me.conditional()),
            Kind::NamedExpression => self.make(span, |me, _| me.walrus()),
            Kind::Tuple | Kind::ExpressionList | Kind::PatternList | Kind::TuplePattern => {
                self.make(span, |me, _| ExprKind::Tuple(me.parts()))
            }
            Kind::List | Kind::ListPattern => self.make(span, |me, _| ExprKind::List(me.parts())),
            Kind::Set => self.make(span, |me, _| ExprKind::Set(me.parts())),
            Kind::Dictionary => self.make(span, |me, _| me.dictionary()),
            Kind::String | Kind::ConcatenatedString => self.string(),
            Kind::Integer | Kind::Float => self.make(span, |_, _| ExprKind::Number),
            Kind::True => self.make(span, |_, _| ExprKind::Bool(true)),
            Kind::False => self.make(span, |_, _| ExprKind::Bool(false)),
            Kind::None => self.make(span, |_, _| ExprKind::None),
            Kind::Ellipsis => self.make(span, |_, _| ExprKind::Ellipsis),
            Kind::ListSplat | Kind::ListSplatPattern | Kind::SplatType => {
                self.make(span, |me, _| ExprKind::Starred(me.only_part()))
            }
            Kind::Slice => self.make(span, |me, _| ExprKind::Slice(me.parts())),
            Kind::DottedName => self.dotted(),
            Kind::GenericType => self.make(span, |me, _| me.generic()),
            Kind::UnionType => self.make(span, |me, _| ExprKind::Binary(me.parts())),
            Kind::MemberType => self.make(span, |me, _| me.member()),
            _ => self.make(span, |me, _| ExprKind::Opaque(me.parts())),
        }
    }

    /// All expressions among the children. Statements that an error left among them are dropped.
    pub(super) fn parts(&mut self) -> Vec<ExprId> {
        let mut parts = Vec::new();
        self.each(|me, kind, _| {
            if is_expression(kind) || (me.is_named() && !is_statement(kind) && kind != Kind::Block)
            {
                parts.push(me.expr());
            }
        });
        parts
    }

    fn only_part(&mut self) -> ExprId {
        let mut part = None;
        self.each(|me, _, _| {
            if part.is_none() && me.is_named() {
                part = Some(me.expr());
            }
        });
        part.unwrap_or_else(|| self.missing())
    }

    /// Stands for an expression that should be here.
    pub(super) fn missing(&mut self) -> ExprId {
        let end = self.span().end;
        self.reserve(super::Span::at(end))
    }

    /// What stands within parentheses, however many.
    fn parenthesised(&mut self) -> ExprId {
        let mut levels = 0;
        while matches!(self.kind(), Kind::ParenthesizedExpression | Kind::ParenthesizedListSplat) {
            if !self.enter_first_named() {
                break;
            }
            levels += 1;
        }
        let id = if levels == 0 { self.missing() } else { self.expr() };
        for _ in 0..levels {
            self.cursor.goto_parent();
        }
        id
    }

    /// Goes to the first named child that is no comment; stays where it is when there is none.
    fn enter_first_named(&mut self) -> bool {
        if !self.cursor.goto_first_child() {
            return false;
        }
        loop {
            if self.is_named() && !self.kind().is_extra() {
                return true;
            }
            if !self.cursor.goto_next_sibling() {
                self.cursor.goto_parent();
                return false;
            }
        }
    }

    /// A node that only wraps another.
    fn wrapped(&mut self) -> ExprId {
        if !self.enter_first_named() {
            return self.missing();
        }
        let id = self.expr();
        self.cursor.goto_parent();
        id
    }

    fn attribute(&mut self) -> ExprKind {
        let (mut value, mut name) = (None, None);
        self.each(|me, _, field| match field {
            Field::Object => value = Some(me.expr()),
            Field::Attribute => name = Some(me.span()),
            _ => {}
        });
        match (value, name) {
            (Some(value), Some(name)) => ExprKind::Attribute { value, name },
            (value, _) => ExprKind::Opaque(value.into_iter().collect()),
        }
    }

    fn call(&mut self) -> ExprKind {
        let (mut callee, mut args) = (None, Vec::new());
        self.each(|me, kind, field| match field {
            Field::Function => callee = Some(me.expr()),
            Field::Arguments if kind == Kind::ArgumentList => args = me.arguments(),
            Field::Arguments => {
                let value = me.expr();
                args.push(Argument { keyword: None, unpack: Unpack::No, value });
            }
            _ => {}
        });
        match callee {
            Some(callee) => ExprKind::Call { callee, args },
            None => ExprKind::Opaque(args.iter().map(|arg| arg.value).collect()),
        }
    }

    /// The arguments in the list under the cursor.
    pub(super) fn arguments(&mut self) -> Vec<Argument> {
        let mut args = Vec::new();
        self.each(|me, kind, _| {
            if !me.is_named() {
                return;
            }
            let (keyword, unpack) = match kind {
                Kind::KeywordArgument => {
                    args.extend(me.keyword_argument());
                    return;
                }
                Kind::ListSplat | Kind::ListSplatPattern => (None, Unpack::Star),
                Kind::DictionarySplat | Kind::DictionarySplatPattern => (None, Unpack::DoubleStar),
                _ => (None, Unpack::No),
            };
            let value = if unpack == Unpack::No { me.expr() } else { me.only_part() };
            args.push(Argument { keyword, unpack, value });
        });
        args
    }

    fn keyword_argument(&mut self) -> Option<Argument> {
        let (mut keyword, mut value) = (None, None);
        self.each(|me, _, field| match field {
            Field::Name => keyword = Some(me.span()),
            Field::Value => value = Some(me.expr()),
            _ => {}
        });
        Some(Argument { keyword, unpack: Unpack::No, value: value? })
    }

    /// Notes that the function whose code this is has a `yield`.
    fn mark_generator(&mut self) {
        let mut scope = self.scope;
        loop {
            let node = self.out.scopes[scope.0 as usize];
            match (node.owner, node.outer) {
                (ScopeOwner::Function(id), _) => {
                    self.out.functions[id.0 as usize].is_generator = true;
                    return;
                }
                (ScopeOwner::Comprehension(_), Some(outer)) => scope = outer,
                _ => return,
            }
        }
    }

    fn yielded(&mut self) -> ExprKind {
        self.mark_generator();
        let (mut from, mut value) = (false, None);
        self.each(|me, kind, _| {
            if kind == Kind::FromToken {
                from = true;
            } else if me.is_named() {
                value = Some(me.expr());
            }
        });
        match value {
            Some(value) if from => ExprKind::YieldFrom(value),
            value => ExprKind::Yield(value),
        }
    }

    /// A comprehension. All but its first iterable is looked up in a scope of its own.
    fn comprehension(&mut self, kind: ComprehensionKind) -> ExprId {
        self.make(self.span(), |me, id| {
            let outer = me.scope;
            let scope = me.new_scope(ScopeOwner::Comprehension(id));
            let (mut elements, mut clauses) = (Vec::new(), Vec::new());
            me.in_scope(scope, |me| {
                me.each(|me, kind, _| match kind {
                    Kind::Pair => elements = me.parts(),
                    Kind::ForInClause => {
                        let first = clauses.is_empty().then_some(outer);
                        clauses.extend(me.for_clause(first));
                    }
                    Kind::IfClause => clauses.push(Clause::If(me.only_part())),
                    _ if me.is_named() => elements.push(me.expr()),
                    _ => {}
                });
            });
            ExprKind::Comprehension { kind, elements, clauses }
        })
    }

    fn for_clause(&mut self, iter_scope: Option<ScopeId>) -> Option<Clause> {
        let (mut is_async, mut target, mut iter) = (false, None, None);
        self.each(|me, kind, field| match field {
            Field::Left => target = Some(me.expr()),
            Field::Right if iter.is_none() && me.is_named() => {
                let scope = iter_scope.unwrap_or(me.scope);
                iter = Some(me.in_scope(scope, Self::expr));
            }
            _ => is_async |= kind == Kind::AsyncToken,
        });
        Some(Clause::For { is_async, target: target?, iter: iter? })
    }

    fn subscript(&mut self) -> ExprKind {
        let (mut value, mut indices) = (None, Vec::new());
        self.each(|me, _, field| match field {
            Field::Value => value = Some(me.expr()),
            Field::Subscript => indices.push(me.expr()),
            _ => {}
        });
        match value {
            Some(value) => ExprKind::Subscript { value, indices },
            None => ExprKind::Opaque(indices),
        }
    }

    /// The operands of a chain of operators. The parser nests such chains to the left, as deep as they are long.
    fn operands(&mut self, kind: Kind) -> Vec<ExprId> {
        let mut levels = 0;
        while self.kind() == kind && self.enter_first_named() {
            levels += 1;
        }
        let mut operands = if levels == 0 { Vec::new() } else { vec![self.expr()] };
        for _ in 0..levels {
            while self.cursor.goto_next_sibling() {
                if self.is_named() && !self.kind().is_extra() {
                    operands.push(self.expr());
                }
            }
            self.cursor.goto_parent();
        }
        operands
    }

    /// `list[int]` where the parser sees a type: a subscript like any other.
    fn generic(&mut self) -> ExprKind {
        let (mut value, mut indices) = (None, Vec::new());
        self.each(|me, kind, _| {
            if kind == Kind::TypeParameter {
                indices = me.parts();
            } else if me.is_named() && value.is_none() {
                value = Some(me.expr());
            }
        });
        match value {
            Some(value) => ExprKind::Subscript { value, indices },
            None => ExprKind::Opaque(indices),
        }
    }

    /// `a.b` where the parser sees a type.
    fn member(&mut self) -> ExprKind {
        let (mut value, mut name) = (None, None);
        self.each(|me, kind, _| {
            if value.is_none() && me.is_named() {
                value = Some(me.expr());
            } else if kind == Kind::Identifier {
                name = Some(me.span());
            }
        });
        match (value, name) {
            (Some(value), Some(name)) => ExprKind::Attribute { value, name },
            (value, _) => ExprKind::Opaque(value.into_iter().collect()),
        }
    }

    fn conditional(&mut self) -> ExprKind {
        let parts = self.parts();
        match parts[..] {
            [then, test, otherwise] => ExprKind::Conditional { test, then, otherwise },
            _ => ExprKind::Opaque(parts),
        }
    }

    fn walrus(&mut self) -> ExprKind {
        let parts = self.parts();
        match parts[..] {
            [target, value] => ExprKind::Walrus { target, value },
            _ => ExprKind::Opaque(parts),
        }
    }

    fn dictionary(&mut self) -> ExprKind {
        let mut pairs = Vec::new();
        self.each(|me, kind, _| match kind {
            Kind::Pair => {
                let parts = me.parts();
                if let [key, value] = parts[..] {
                    pairs.push((Some(key), value));
                } else {
                    pairs.extend(parts.into_iter().map(|part| (None, part)));
                }
            }
            Kind::DictionarySplat => pairs.push((None, me.only_part())),
            _ if me.is_named() => pairs.push((None, me.expr())),
            _ => {}
        });
        ExprKind::Dict(pairs)
    }

    /// `a.b.c` where the parser has it as one name: in patterns.
    pub(super) fn dotted(&mut self) -> ExprId {
        let mut names = Vec::new();
        self.each(|me, kind, _| {
            if kind == Kind::Identifier {
                names.push(me.span());
            }
        });
        self.dotted_of(&names)
    }

    fn dotted_of(&mut self, names: &[super::Span]) -> ExprId {
        match names {
            [] => self.missing(),
            [name] => self.name_at(*name),
            // A name has few parts, but nothing forces it to.
            _ if names.len() > 16 => self.reserve(names[0].to(names[names.len() - 1])),
            [first, .., last] => self.make(first.to(*last), |me, _| {
                let value = me.dotted_of(&names[..names.len() - 1]);
                ExprKind::Attribute { value, name: *last }
            }),
        }
    }
}
