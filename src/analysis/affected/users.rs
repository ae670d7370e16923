//! Unchanged files that use something that differs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Sides;
use super::shifts::{self, Shift};
use crate::python::{Expr, ExprKind, FileId, Module, Named, Project, Source};

/// Most places of a file that are asked whether they mean something else.
const MOST_PLACES: usize = 2000;

/// An unchanged file in which names mean something else.
pub(super) struct User {
    pub(super) path: String,
    pub(super) bytes: Arc<[u8]>,
    pub(super) source: Arc<Source>,
    /// The names.
    pub(super) names: BTreeSet<String>,
    /// Names that the file gives to imported things, and what they are called where they come from.
    pub(super) aliases: BTreeMap<String, String>,
    /// What this makes different for those who use the file.
    pub(super) shifts: Vec<Shift>,
}

/// Looks at a file that mentions names of what differs. `None` when they mean the same as before there.
pub(super) fn look(sides: &Sides<'_>, id: FileId, wave: &[Shift]) -> Option<User> {
    let (base, head) = (&sides.base.index, &sides.head.index);
    let path = head.path(id);
    let bytes = head.bytes(id)?;
    // What differs though nobody says so can't be compared.
    let ids = (sides.base.tree.content_id(path), sides.head.tree.content_id(path));
    let same = match ids {
        (Some(base), Some(head)) => base == head,
        _ => sides.base.tree.read(path)? == bytes,
    };
    if !same {
        return None;
    }
    let source = head.source(id)?;
    let old = Project::new(base, Arc::clone(sides.library), Arc::clone(&source));
    let new = Project::new(head, Arc::clone(sides.library), Arc::clone(&source));
    let mut wanted: BTreeSet<String> = wave.iter().map(|it| it.used_as.clone()).collect();
    let aliases = new.module().imported_as(&wanted);
    wanted.extend(aliases.keys().cloned());
    let mut names = names(sides, old.module(), new.module(), wave, &wanted);
    // Others may import it from here under the name that it gets here.
    names.extend(aliases.iter().flat_map(|(alias, name)| [alias.clone(), name.clone()]));
    if names.is_empty() {
        return None;
    }
    let shifts = shifts::of_user(sides, old.module(), new.module(), &names);
    Some(User { path: path.to_owned(), bytes, source, names, aliases, shifts })
}

/// Those of the wanted names that mean something else in a file.
fn names(
    sides: &Sides<'_>,
    base: Module<'_>,
    head: Module<'_>,
    wave: &[Shift],
    wanted: &BTreeSet<String>,
) -> BTreeSet<String> {
    let (was, is): (Vec<Named>, Vec<Named>) = (
        wave.iter().flat_map(|it| &it.base).copied().collect(),
        wave.iter().flat_map(|it| &it.head).copied().collect(),
    );
    let base_path = |id: FileId| sides.base_path(id);
    let head_path = |id: FileId| sides.head_path(id);
    let mut found = BTreeSet::new();
    let mentions = head.expressions().filter_map(|expr| Some((expr, name(expr)?)));
    let mentions = mentions.filter(|(_, name)| wanted.contains(*name)).take(MOST_PLACES);
    for (expr, name) in mentions {
        if found.contains(name) {
            continue;
        }
        let old = base.expr(expr.id());
        let leads = |expr: Expr<'_>, to: &[Named]| {
            expr.values().iter().flat_map(crate::python::Value::named).any(|it| to.contains(&it))
        };
        if leads(expr, &is) || leads(old, &was) || expr.told(&head_path) != old.told(&base_path) {
            found.insert(name.to_owned());
        }
    }
    found
}

/// The name that an expression is, or ends with.
fn name(expr: Expr<'_>) -> Option<&str> {
    match expr.kind() {
        ExprKind::Name => Some(expr.text()),
        ExprKind::Attribute { name, .. } => Some(expr.module().slice(*name)),
        _ => None,
    }
}
