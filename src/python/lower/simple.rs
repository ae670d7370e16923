//! Statements on one line: assignments, imports, declarations.

use super::super::ast::*;
use super::{Field, Kind, Lower, Span};

impl Lower<'_> {
    pub(super) fn expression_statement(&mut self) -> StmtKind {
        let (mut count, mut special) = (0, None);
        self.each(|me, kind, _| {
            count += usize::from(me.is_named());
            if matches!(kind, Kind::Assignment | Kind::AugmentedAssignment) && special.is_none() {
                special =
                    Some(if kind == Kind::Assignment { me.assignment() } else { me.augmented() });
            }
        });
        if let Some(statement) = special {
            return statement;
        }
        let span = self.span();
        if count > 1 {
            let tuple = self.make(span, |me, _| ExprKind::Tuple(me.parts()));
            return StmtKind::Expr(tuple);
        }
        match self.parts().first() {
            Some(expr) => StmtKind::Expr(*expr),
            None => StmtKind::Opaque(Vec::new(), Vec::new()),
        }
    }

    /// `a = b = value`: the parser nests the chain to the right.
    fn assignment(&mut self) -> StmtKind {
        let (mut targets, mut annotation, mut value) = (Vec::new(), None, None);
        let mut levels = 0;
        'chain: loop {
            if !self.cursor.goto_first_child() {
                break;
            }
            levels += 1;
            loop {
                match (self.field(), self.kind()) {
                    (_, kind) if kind.is_extra() => {}
                    (Field::Left, _) => targets.push(self.expr()),
                    (Field::Type, _) => annotation = Some(self.expr()),
                    (Field::Right, Kind::Assignment) => continue 'chain,
                    (Field::Right, _) => value = Some(self.expr()),
                    _ => {}
                }
                if !self.cursor.goto_next_sibling() {
                    break 'chain;
                }
            }
        }
        for _ in 0..levels {
            self.cursor.goto_parent();
        }
        match (annotation, value, targets.first()) {
            (Some(annotation), value, Some(&target)) => {
                StmtKind::AnnAssign { target, annotation, value }
            }
            (None, Some(value), Some(_)) => StmtKind::Assign { targets, value },
            (_, value, _) => {
                targets.extend(value);
                StmtKind::Opaque(targets, Vec::new())
            }
        }
    }

    /// `type X[T] = value`, which binds `X` like an assignment. The parameters are no part of the syntax.
    pub(super) fn type_alias(&mut self) -> StmtKind {
        let (mut target, mut value) = (None, None);
        self.each(|me, _, field| match field {
            Field::Left => target = Some(me.first_name()),
            Field::Right => value = Some(me.expr()),
            _ => {}
        });
        match (target, value) {
            (Some(target), Some(value)) => StmtKind::Assign { targets: vec![target], value },
            (a, b) => StmtKind::Opaque(a.into_iter().chain(b).collect(), Vec::new()),
        }
    }

    /// The first name within what is under the cursor.
    fn first_name(&mut self) -> ExprId {
        let mut levels = 0;
        while self.kind() != Kind::Identifier && self.cursor.goto_first_child() {
            levels += 1;
        }
        let id = if self.kind() == Kind::Identifier { self.expr() } else { self.missing() };
        for _ in 0..levels {
            self.cursor.goto_parent();
        }
        id
    }

    fn augmented(&mut self) -> StmtKind {
        let (mut target, mut value) = (None, None);
        self.each(|me, _, field| match field {
            Field::Left => target = Some(me.expr()),
            Field::Right => value = Some(me.expr()),
            _ => {}
        });
        match (target, value) {
            (Some(target), Some(value)) => StmtKind::AugAssign { target, value },
            (a, b) => StmtKind::Opaque(a.into_iter().chain(b).collect(), Vec::new()),
        }
    }

    /// The spans of the names among the children.
    pub(super) fn names(&mut self) -> Vec<Span> {
        let mut names = Vec::new();
        self.each(|me, kind, _| {
            if kind == Kind::Identifier {
                names.push(me.span());
            }
        });
        names
    }

    /// The imported names among the children. A dotted name without spaces: `a . b` is `a.b`.
    pub(super) fn import_names(&mut self) -> Vec<Alias> {
        let mut names = Vec::new();
        self.each(|me, kind, field| match (field, kind) {
            (Field::Name, Kind::DottedName) => {
                let name = me.compact();
                let bound = name.split('.').next().unwrap_or_default().to_owned();
                names.push(Alias { name, bound, renamed: false, span: me.span() });
            }
            (Field::Name, Kind::AliasedImport) => {
                let (mut name, mut bound) = (String::new(), String::new());
                me.each(|me, _, field| match field {
                    Field::Name => name = me.compact(),
                    Field::Alias => bound = me.here().to_owned(),
                    _ => {}
                });
                names.push(Alias { name, bound, renamed: true, span: me.span() });
            }
            _ => {}
        });
        names
    }

    fn compact(&self) -> String {
        self.here().chars().filter(|c| !c.is_whitespace() && *c != '\\').collect()
    }

    pub(super) fn import_from(&mut self) -> StmtKind {
        let (mut module, mut star) = (String::new(), false);
        self.each(|me, kind, field| match (field, kind) {
            (Field::ModuleName, _) => module = me.compact(),
            (_, Kind::WildcardImport) => star = true,
            _ => {}
        });
        let level = module.bytes().take_while(|byte| *byte == b'.').count();
        let module = module.split_off(level);
        StmtKind::ImportFrom { module, level: level as u32, names: self.import_names(), star }
    }
}
