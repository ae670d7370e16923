//! Names that a range of code mentions, and those that it uses only for itself.

use super::ast::{ExprId, ExprKind};
use super::lower::ScopeOwner;
use super::{Module, Span};

/// Longest string whose words are taken for names: an annotation, an attribute's name. Longer ones are prose.
const LONGEST: usize = 80;

impl<'m> Module<'m> {
    /// The names within a range that are variables of the function whose code they stand in, each as often as it stands
    /// there: what they mean is nobody else's business.
    pub fn local_names(self, span: Span) -> impl Iterator<Item = &'m str> {
        let names = self.names();
        let exprs = &self.syntax().exprs;
        let first = exprs.partition_point(|it| it.span.start < span.start);
        let inside = exprs[first..].iter().take_while(move |it| it.span.start < span.end);
        let local = move |(at, it): (usize, &super::ast::ExprNode)| {
            if !matches!(it.kind, ExprKind::Name) {
                return None;
            }
            let name = self.expr(ExprId((first + at) as u32)).text();
            let scope = names.scope(names.find(it.scope, name)?);
            matches!(scope.owner, ScopeOwner::Function(_) | ScopeOwner::Comprehension(_))
                .then_some(name)
        };
        inside.enumerate().filter_map(local)
    }

    /// The text of a range without comments and prose: pieces in which names may stand, in the order of the file.
    pub fn pieces(self, span: Span) -> Vec<&'m str> {
        let exprs = &self.syntax().exprs;
        let first = exprs.partition_point(|it| it.span.start < span.start);
        let inside = exprs[first..].iter().take_while(|it| it.span.start < span.end);
        let mut pieces = Vec::new();
        let mut at = span.start;
        for expr in inside {
            match &expr.kind {
                ExprKind::Str if expr.span.start >= at => {
                    code(self.slice(Span::new(at, expr.span.start)), &mut pieces);
                    let text = self.slice(expr.span);
                    if text.len() <= LONGEST && !text.contains('\n') {
                        pieces.push(text);
                    }
                    at = expr.span.end;
                }
                ExprKind::Format(parts) if expr.span.start >= at => {
                    code(self.slice(Span::new(at, expr.span.start)), &mut pieces);
                    pieces.extend(parts.iter().map(|it| self.expr(*it).text()));
                    at = expr.span.end;
                }
                _ => {}
            }
        }
        code(self.slice(Span::new(at, span.end.max(at))), &mut pieces);
        pieces
    }
}

/// Adds text that holds no strings, without its comments.
fn code<'t>(text: &'t str, pieces: &mut Vec<&'t str>) {
    if memchr::memchr(b'#', text.as_bytes()).is_none() {
        pieces.push(text);
    } else {
        pieces.extend(text.lines().filter_map(|line| line.split('#').next()));
    }
}
