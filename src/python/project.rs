//! The files of a repository, as seen from one of them.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use super::answers::Answers;
use super::ast::{ClassId, FunctionId};
use super::effort::Effort;
use super::focus::Focus;
use super::index::{FileId, Index};
use super::known::Known;
use super::{Class, Function, Library, Module, Source, Span, Table};

/// A function of the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionRef {
    /// Its file.
    pub file: FileId,
    /// Its number there.
    pub id: FunctionId,
}

/// A class of the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassRef {
    /// Its file.
    pub file: FileId,
    /// Its number there.
    pub id: ClassId,
}

/// A range in a file of the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Site {
    /// The file.
    pub file: FileId,
    /// The range.
    pub span: Span,
}

/// A file with what has been found out about it so far.
pub(super) struct File {
    pub(super) id: FileId,
    pub(super) source: Arc<Source>,
    pub(super) known: Known,
}

/// Files whose numbers follow each other.
type Drawer = Box<[OnceCell<Option<Box<File>>>]>;

/// How many files share a drawer: most sessions open few files of many.
const DRAWER: usize = 64;

/// One session of inference over a repository: what is asked about a file leads on to other files, and nothing is worked out
/// twice. It is made for one file (so that what is found in it does not depend on what was asked about others), used by one
/// thread, and dropped.
pub struct Project<'i> {
    index: &'i Index<'i>,
    library: Arc<dyn Library>,
    root: File,
    /// The other files, by number, in drawers of [`DRAWER`]; made when something leads there.
    others: Vec<OnceCell<Drawer>>,
    pub(super) answers: Answers,
    /// What part of the file is looked at; all of it unless somebody says so.
    pub(super) focus: OnceCell<Focus>,
    /// Files that mention names.
    pub(super) mentions: RefCell<Table<String, Rc<[FileId]>>>,
    /// Classes that derive from classes.
    pub(super) subclasses: RefCell<Table<ClassRef, Rc<[ClassRef]>>>,
}

impl<'i> Project<'i> {
    /// A session for a file: `source` stands for what the index has at its path, or for a file that the index does not have.
    pub fn new(index: &'i Index<'i>, library: Arc<dyn Library>, source: Arc<Source>) -> Self {
        let count = index.files().len();
        let id = index.file(source.path()).unwrap_or(FileId(count as u32));
        let root = File { id, source, known: Known::default() };
        let others = (0..count.div_ceil(DRAWER)).map(|_| OnceCell::new()).collect();
        let (answers, focus, mentions, subclasses) = Default::default();
        Self { index, library, root, others, answers, focus, mentions, subclasses }
    }

    /// The file that the session was made for.
    pub fn module(&self) -> Module<'_> {
        Module { project: self, file: &self.root }
    }

    /// A file of the repository; `None` when it can't be read.
    pub fn file(&self, id: FileId) -> Option<Module<'_>> {
        if id == self.root.id {
            return Some(self.module());
        }
        let read = || {
            let source = self.index.source(id)?;
            self.answers.effort.read(source.text());
            Some(Box::new(File { id, source, known: Known::default() }))
        };
        let (drawer, place) = (id.0 as usize / DRAWER, id.0 as usize % DRAWER);
        let empty = || (0..DRAWER).map(|_| OnceCell::new()).collect();
        let file =
            self.others.get(drawer)?.get_or_init(empty)[place].get_or_init(read).as_deref()?;
        Some(Module { project: self, file })
    }

    /// Whether so much was asked that nothing more is worked out. What a rule says from then on does not count: it may be
    /// for want of knowing better.
    pub fn is_exhausted(&self) -> bool {
        self.answers.effort.is_spent()
    }

    /// What is left of what the session may work out.
    pub fn effort(&self) -> Rc<Effort> {
        Rc::clone(&self.answers.effort)
    }

    /// A function that a value of this session names.
    pub fn function(&self, function: FunctionRef) -> Function<'_> {
        self.named(function.file).function(function.id)
    }

    /// A class that a value of this session names.
    pub fn class(&self, class: ClassRef) -> Class<'_> {
        self.named(class.file).class(class.id)
    }

    /// The file of something that a value names.
    fn named(&self, id: FileId) -> Module<'_> {
        self.file(id).expect("values name only what has been read")
    }

    /// What is known about libraries.
    pub fn library(&self) -> &dyn Library {
        &*self.library
    }

    /// The index that leads from names to files.
    pub fn index(&self) -> &'i Index<'i> {
        self.index
    }
}
