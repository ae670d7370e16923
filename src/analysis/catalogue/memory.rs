//! What was asked of the catalogue lately. The same few names are asked for again and again, and finding one in the
//! generated rows takes a search through their text.

use std::cell::RefCell;
use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::python::Fact;

/// Most names that a thread remembers; then it begins anew.
const MOST: usize = 4096;

/// By name, or by class and member.
type Map<T> = HashMap<Box<str>, T, RandomState>;

thread_local! {
    static FACTS: RefCell<Map<Option<Fact<'static>>>> = RefCell::default();
    static CANONICAL: RefCell<Map<Box<str>>> = RefCell::default();
    static MEMBERS: RefCell<Map<Option<Box<str>>>> = RefCell::default();
}

/// The fact of a name.
pub(super) fn fact(
    name: &str,
    look_up: impl FnOnce() -> Option<Fact<'static>>,
) -> Option<Fact<'static>> {
    FACTS.with_borrow_mut(|facts| *remembered(facts, name, look_up))
}

/// The canonical name of a name.
pub(super) fn canonical(name: &str, look_up: impl FnOnce() -> String) -> String {
    CANONICAL.with_borrow_mut(|names| {
        let canonical = remembered(names, name, || look_up().into());
        (**canonical).to_owned()
    })
}

/// The canonical name of a class's member.
pub(super) fn member(
    class: &str,
    name: &str,
    look_up: impl FnOnce() -> Option<String>,
) -> Option<String> {
    let key = [class, name].join(" ");
    MEMBERS.with_borrow_mut(|members| {
        let member = remembered(members, &key, || look_up().map(Into::into));
        member.as_deref().map(str::to_owned)
    })
}

/// What is remembered of a name, looked up now if nothing is.
fn remembered<'m, T>(memory: &'m mut Map<T>, name: &str, look_up: impl FnOnce() -> T) -> &'m T {
    if memory.len() >= MOST && !memory.contains_key(name) {
        memory.clear();
    }
    if !memory.contains_key(name) {
        let found = look_up();
        memory.insert(name.into(), found);
    }
    &memory[name]
}
