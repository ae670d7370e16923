//! Strings and what is interpolated into them.

use super::super::ast::*;
use super::{Field, Kind, Lower};

impl Lower<'_> {
    /// The string, or the strings side by side, under the cursor.
    pub(super) fn string(&mut self) -> ExprId {
        self.make(self.span(), |me, _| {
            let mut parts = Vec::new();
            if me.kind() == Kind::ConcatenatedString {
                me.each(|me, _, _| me.interpolations(&mut parts));
            } else {
                me.interpolations(&mut parts);
            }
            if parts.is_empty() { ExprKind::Str } else { ExprKind::Format(parts) }
        })
    }

    fn interpolations(&mut self, parts: &mut Vec<ExprId>) {
        let prefix = self.here().bytes().take_while(u8::is_ascii_alphabetic);
        if prefix.map(|byte| byte.to_ascii_lowercase()).any(|byte| matches!(byte, b'f' | b't')) {
            self.each(|me, kind, _| {
                if kind == Kind::Interpolation {
                    me.interpolation(parts);
                }
            });
        }
    }

    fn interpolation(&mut self, parts: &mut Vec<ExprId>) {
        let mut inner = Vec::new();
        let done = self.deeper(|me| {
            me.each(|me, kind, field| {
                if field == Field::Expression {
                    inner.push(me.expr());
                } else if kind == Kind::FormatSpecifier {
                    me.each(|me, kind, _| {
                        if matches!(kind, Kind::Interpolation | Kind::FormatExpression) {
                            me.interpolation(&mut inner);
                        }
                    });
                }
            });
        });
        if done.is_some() {
            parts.append(&mut inner);
        }
    }
}
