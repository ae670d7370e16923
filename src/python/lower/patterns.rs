//! `match` and its patterns.

use super::super::ast::*;
use super::{Field, Kind, Lower};

impl Lower<'_> {
    pub(super) fn match_statement(&mut self) -> StmtKind {
        let (mut subject, mut cases) = (Vec::new(), Vec::new());
        self.each(|me, _, field| match field {
            Field::Subject => subject.push(me.expr()),
            Field::Body => me.each(|me, kind, _| {
                if kind == Kind::CaseClause {
                    cases.push(me.case());
                }
            }),
            _ => {}
        });
        StmtKind::Match { subject, cases }
    }

    fn case(&mut self) -> Case {
        let mut case = Case {
            pattern: Vec::new(),
            captures: Vec::new(),
            irrefutable: false,
            guard: None,
            body: Vec::new(),
        };
        self.each(|me, kind, field| match (field, kind) {
            (_, Kind::CasePattern) => {
                let text = me.here();
                case.irrefutable = text.chars().all(|c| c.is_alphanumeric() || c == '_')
                    && !matches!(text, "None" | "True" | "False")
                    && !text.starts_with(|c: char| c.is_ascii_digit());
                me.pattern(&mut case);
            }
            (Field::Guard, _) => case.guard = me.parts().into_iter().next(),
            (Field::Consequence, _) => case.body = me.block(),
            _ => {}
        });
        case.irrefutable &= case.guard.is_none();
        case
    }

    /// Collects the names in the pattern under the cursor: those it binds, and those it looks up.
    fn pattern(&mut self, case: &mut Case) {
        let span = self.span();
        let _ = self.deeper(|me| match me.kind() {
            Kind::DottedName if me.here().contains('.') => case.pattern.push(me.dotted()),
            Kind::DottedName | Kind::Identifier => {
                let id = me.name_at(span);
                case.captures.push(id);
            }
            Kind::ClassPattern => me.each(|me, kind, _| match kind {
                Kind::DottedName => case.pattern.push(me.dotted()),
                _ if me.is_named() => me.pattern(case),
                _ => {}
            }),
            Kind::KeywordPattern => {
                let mut first = true;
                me.each(|me, _, _| {
                    if me.is_named() && !std::mem::take(&mut first) {
                        me.pattern(case);
                    }
                });
            }
            _ => me.each(|me, _, _| {
                if me.is_named() {
                    me.pattern(case);
                }
            }),
        });
    }
}
