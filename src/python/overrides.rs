//! Which classes derive from a class, as far as that is cheap to know, and what they make of its methods.

use std::rc::Rc;

use super::ast::*;
use super::handles::{Class, Function};
use super::index::FileId;
use super::mro::Base;
use super::project::{ClassRef, Project};
use super::{ExprKind, Module};

/// Most files that are looked through for classes that derive from one.
const MOST_FILES: usize = 8;

/// How often a session may ask which files mention a name.
const MOST_SEARCHES: u32 = 24;

impl<'i> Project<'i> {
    /// Files that mention a name, in order; none after [`MOST_SEARCHES`] questions.
    pub(super) fn mentioning<'m>(&'m self, name: &str, limit: usize) -> Vec<Module<'m>>
    where
        'i: 'm,
    {
        let known = self.mentions.borrow().get(name).cloned();
        let files: Rc<[FileId]> = known.unwrap_or_else(|| {
            let searches = self.mentions.borrow().len() as u32;
            let found = if searches < MOST_SEARCHES {
                self.index().mentioning(name, limit.max(MOST_FILES))
            } else {
                Vec::new()
            };
            let found: Rc<[FileId]> = found.into();
            self.mentions.borrow_mut().insert(name.to_owned(), Rc::clone(&found));
            found
        });
        files.iter().take(limit).filter_map(|id| self.file(*id)).collect()
    }
}

impl<'m> Class<'m> {
    /// Classes of the repository that derive from it: those in its own file and in the one that is checked, and in up to
    /// [`MOST_FILES`] that mention its name.
    pub fn subclasses(self) -> Vec<Class<'m>> {
        let project = self.module.project;
        let own = self.reference();
        if let Some(known) = project.subclasses.borrow().get(&own) {
            return known.iter().map(|class| project.class(*class)).collect();
        }
        // Who asks again meanwhile is told that there are none.
        project.subclasses.borrow_mut().insert(own, Rc::from([]));
        let mut files = vec![self.module];
        for module in
            std::iter::once(project.module()).chain(project.mentioning(self.name(), MOST_FILES))
        {
            if !files.contains(&module) && module.text().contains(self.name()) {
                files.push(module);
            }
        }
        let derives = |class: &Class<'m>| {
            class.reference() != own && class.order().contains(&Base::Class(own))
        };
        let found: Rc<[ClassRef]> = files
            .iter()
            .flat_map(|it| it.classes())
            .filter(derives)
            .map(Class::reference)
            .collect();
        if project.answers.is_cut() {
            project.subclasses.borrow_mut().remove(&own);
        } else {
            project.subclasses.borrow_mut().insert(own, Rc::clone(&found));
        }
        found.iter().map(|class| project.class(*class)).collect()
    }
}

impl<'m> Class<'m> {
    /// The methods of this name in classes that derive from it.
    pub(super) fn overrides(self, name: &str) -> Vec<Function<'m>> {
        self.subclasses().into_iter().filter_map(|it| it.own_method(name)).collect()
    }
}

impl<'m> Function<'m> {
    /// The methods by which classes that derive from its own replace it.
    pub fn overrides(self) -> Vec<Function<'m>> {
        self.class().map(|class| class.overrides(self.name())).unwrap_or_default()
    }

    /// Whether it is there to be replaced: it is marked as abstract, or its body does nothing but raise.
    pub fn is_abstract(self) -> bool {
        let marked = |it: super::Expr<'_>| it.is("abc.abstractmethod");
        self.class().is_some() && (self.decorators().any(marked) || self.body().all(does_nothing))
    }
}

fn does_nothing(stmt: super::Stmt<'_>) -> bool {
    match stmt.kind() {
        StmtKind::Pass => true,
        StmtKind::Expr(id) => {
            matches!(stmt.module().expr(*id).kind(), ExprKind::Str | ExprKind::Ellipsis)
        }
        StmtKind::Raise { .. } => stmt.text().contains("NotImplementedError"),
        _ => false,
    }
}
