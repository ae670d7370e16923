//! What a session of inference has found out already, so that nothing is worked out twice.
//!
//! Questions lead to each other, and in circles: a name bound in a loop, functions that call each other, modules that import
//! each other. Who asks for what is being worked out is told that nothing is known. The answers on the way round then depend
//! on where the circle was entered, so they are kept only until its first question is answered, and forgotten: later each
//! is worked out with itself as the first. So an answer does not depend on what was asked before, within three bounds: chains
//! of questions longer than [`DEEPEST`] are cut off, after [`MOST_FORGOTTEN`] answers nothing is forgotten any more, and when
//! the session's [`Effort`] is spent nothing new is known.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::ast::ExprId;
use super::effort::{Effort, QUESTION};
use super::index::FileId;
use super::numbers::ByNumber;
use super::project::{ClassRef, FunctionRef};
use super::value::Value;

/// How many questions may lead to each other.
const DEEPEST: u32 = 64;

/// How many answers are forgotten for the sake of others.
const MOST_FORGOTTEN: u32 = 50_000;

/// Most values that are kept of one answer.
const MOST: usize = 8;

/// Something to be worked out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Question {
    /// What an expression may be.
    Values(FileId, ExprId),
    /// What calling a function gives.
    Results(FunctionRef),
    /// What a function's parameter is.
    Param(FunctionRef, usize),
    /// What an annotation says.
    Annotated(FileId, ExprId),
    /// What an attribute of a module is.
    Export(FileId, String),
    /// What an attribute of a class's instances (`true`) or of the class itself is.
    Member(ClassRef, String, bool),
}

#[derive(Debug)]
enum Slot {
    /// It is being worked out, with so many questions open before it.
    Open(u32),
    /// The answer, and the first open question that it was cut off by; [`UNCUT`] when it holds for good.
    Known(Arc<[Value]>, u32),
}

const UNCUT: u32 = u32::MAX;

/// Answers of a session.
#[derive(Default)]
pub(super) struct Answers {
    slots: RefCell<Slots>,
    /// How many questions are open.
    open: Cell<u32>,
    /// The first open question that the present answer is cut off by, if any.
    cut: Cell<Option<u32>>,
    /// Questions whose answers are to be forgotten.
    passing: RefCell<Vec<Question>>,
    forgotten: Cell<u32>,
    pub(super) effort: Rc<Effort>,
}

/// What is known by question. Most questions are about an expression: those are told apart by numbers alone.
#[derive(Default)]
struct Slots {
    values: HashMap<(FileId, ExprId), Slot, ByNumber>,
    others: HashMap<Question, Slot, RandomState>,
}

impl Slots {
    fn get(&self, question: &Question) -> Option<&Slot> {
        match question {
            Question::Values(file, expr) => self.values.get(&(*file, *expr)),
            other => self.others.get(other),
        }
    }

    fn insert(&mut self, question: Question, slot: Slot) {
        match question {
            Question::Values(file, expr) => self.values.insert((file, expr), slot),
            other => self.others.insert(other, slot),
        };
    }

    fn remove(&mut self, question: &Question) {
        match question {
            Question::Values(file, expr) => self.values.remove(&(*file, *expr)),
            other => self.others.remove(other),
        };
    }
}

impl Answers {
    /// The answer to a question: each value once, and not too many. Never empty.
    pub(super) fn get(
        &self,
        question: Question,
        work_out: impl FnOnce() -> Vec<Value>,
    ) -> Arc<[Value]> {
        self.get_with_term(question, work_out).0
    }

    /// The answer to a question, and whether it holds for good.
    pub(super) fn get_with_term(
        &self,
        question: Question,
        work_out: impl FnOnce() -> Vec<Value>,
    ) -> (Arc<[Value]>, bool) {
        let known = match self.slots.borrow().get(&question) {
            Some(Slot::Known(values, cut)) => Some((Arc::clone(values), *cut)),
            Some(Slot::Open(at)) => Some((unknown(), *at)),
            None => None,
        };
        self.effort.spend(1);
        if let Some((values, cut)) = known {
            self.cut_by(cut);
            return (values, cut == UNCUT);
        }
        // Nothing is found out any more, so nothing need hold for good.
        if self.effort.is_spent() {
            return (unknown(), false);
        }
        self.effort.spend(QUESTION);
        let open = self.open.get();
        if open >= DEEPEST {
            self.cut_by(0);
            return (unknown(), false);
        }
        self.slots.borrow_mut().insert(question.clone(), Slot::Open(open));
        self.open.set(open + 1);
        let outer = self.cut.take();
        let mark = self.passing.borrow().len();
        let found: Arc<[Value]> = tidy(work_out()).into();
        self.open.set(open);
        let cut = self.cut.replace(outer).unwrap_or(UNCUT);
        let passes = cut < open && self.forgotten.get() < MOST_FORGOTTEN;
        if passes {
            self.cut_by(cut);
            self.passing.borrow_mut().push(question.clone());
        } else {
            self.forget(mark);
        }
        let cut = if passes { cut } else { UNCUT };
        self.slots.borrow_mut().insert(question, Slot::Known(Arc::clone(&found), cut));
        (found, cut == UNCUT)
    }

    /// Whether the present answer is cut off by an open question, so that what is derived from it does not hold for good.
    pub(super) fn is_cut(&self) -> bool {
        self.cut.get().is_some()
    }

    fn cut_by(&self, question: u32) {
        if question != UNCUT {
            self.cut.set(Some(self.cut.get().map_or(question, |cut| cut.min(question))));
        }
    }

    /// Forgets the answers that passed since the mark.
    fn forget(&self, mark: usize) {
        let mut slots = self.slots.borrow_mut();
        for question in self.passing.borrow_mut().drain(mark..) {
            slots.remove(&question);
            self.forgotten.set(self.forgotten.get() + 1);
        }
    }
}

fn unknown() -> Arc<[Value]> {
    Arc::from([Value::Unknown])
}

/// Each once, and not too many. Never empty.
fn tidy(values: Vec<Value>) -> Vec<Value> {
    let mut kept: Vec<Value> = Vec::new();
    for value in values {
        if !kept.contains(&value) {
            kept.push(value);
        }
    }
    if kept.is_empty() || kept.len() > MOST {
        return vec![Value::Unknown];
    }
    kept
}
