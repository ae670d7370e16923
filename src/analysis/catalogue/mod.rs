//! Library facts as data, a file for each kind of library.
//!
//! A file has a `pub(super) const FACTS: Groups`, from canonical dotted names to facts made with the functions of
//! [`crate::python::library`], and where a library has several names for one thing, a `pub(super) const ALIASES:
//! &[(&str, &str)]`, from other names (or prefixes of names, whole segments: `("asyncio.tasks", "asyncio")`) to canonical ones.
//! Both are listed below.
//!
//! Facts are written with `facts!`: in front of the braces what the names have in common, then names that share a fact.
//! The name `any_other` of a class stands for all of its methods that have no fact of their own.
//!
//! What belongs here: what a coroutine makes of a call. A synchronous call is listed when it waits for something outside
//! the process (or computes for long), an object when its methods do, and whatever leads to such an object. Calls that do
//! not wait are listed where the resemblance is close (`socket.close`, `Session.add`), so that they are known to be harmless.
//!
//! What packages' own sources tell (which functions are coroutines, what they give) is in `generated`, made by
//! `scripts/catalogue.py`; the facts written here win over it. Nothing is built at the start of the program: names are
//! found in tables that the compiler makes, and in the text of the generated rows.

use std::sync::{Arc, LazyLock};

use crate::python::{Fact, Library};

pub use own::library_with;

/// Facts, each with the names that share it.
type Groups = &'static [(&'static [&'static str], Fact<'static>)];

/// Facts by name, for names that begin alike and for names that share a fact:
/// `facts! { "time" { sleep: blocking(Blocks::Sleep); } }`.
macro_rules! facts {
    ($($prefix:literal { $($($name:ident)+ : $fact:expr;)* })*) => {
        &[$($((&[$(concat!($prefix, ".", stringify!($name))),+], $fact),)*)*]
    };
}

mod anyio;
mod asyncio;
mod cpu;
mod files;
mod generated;
mod http;
mod legacy;
mod memory;
mod nosql;
mod own;
mod rows;
mod sql;
mod stdlib;
mod table;
mod threads;
mod web;

#[cfg(test)]
mod tests;

/// All facts.
const FACTS: &[Groups] = &[
    anyio::FACTS,
    asyncio::FACTS,
    cpu::FACTS,
    files::FACTS,
    http::FACTS,
    legacy::FACTS,
    nosql::FACTS,
    sql::FACTS,
    stdlib::FACTS,
    threads::FACTS,
    web::FACTS,
];

/// All other names.
const ALIASES: &[&[(&str, &str)]] = &[
    anyio::ALIASES,
    asyncio::ALIASES,
    cpu::ALIASES,
    files::ALIASES,
    http::ALIASES,
    legacy::ALIASES,
    nosql::ALIASES,
    sql::ALIASES,
    stdlib::ALIASES,
    threads::ALIASES,
    web::ALIASES,
];

/// Stands for all methods of a class without a fact of their own.
const ANY_OTHER: &str = "any_other";

/// The catalogue as resolution asks it.
struct Catalogue;

static CATALOGUE: LazyLock<Arc<dyn Library>> = LazyLock::new(|| Arc::new(Catalogue));

/// The catalogue.
pub fn library() -> Arc<dyn Library> {
    Arc::clone(&CATALOGUE)
}

impl Library for Catalogue {
    fn canonical(&self, name: &str) -> String {
        memory::canonical(name, || canonical(name))
    }

    fn fact(&self, name: &str) -> Option<Fact<'_>> {
        memory::fact(name, || table::fact(name).or_else(|| rows::fact(name)))
    }

    fn member(&self, class: &str, name: &str) -> Option<String> {
        memory::member(class, name, || member(class, name))
    }
}

fn canonical(name: &str) -> String {
    let mut name = name.to_owned();
    // A few rounds: an alias may lead to another one.
    for _ in 0..4 {
        let Some(next) = step(&name) else { break };
        name = next;
    }
    name
}

fn member(class: &str, name: &str) -> Option<String> {
    let (mut todo, mut at) = (vec![class.to_owned()], 0);
    let mut generated = None;
    while let Some(class) = todo.get(at).filter(|_| at < 16) {
        let member = format!("{class}.{name}");
        let known = table::fact(class);
        let listed = |fact: Fact<'_>| fact.attributes.iter().any(|(it, _)| *it == name);
        if known.is_some_and(listed) {
            return None;
        }
        if let Some(curated) = curated_member(class, name, &member) {
            return Some(curated);
        }
        if generated.is_none() && rows::member(class, name).is_some() {
            // What is curated of a class's bases says more than what its source tells.
            if known.is_none() {
                return Some(member);
            }
            generated = Some(member);
        }
        let bases = known.or_else(|| rows::fact(class)).into_iter().flat_map(|it| it.bases.iter());
        let bases: Vec<String> = bases.map(str::to_owned).collect();
        todo.extend(bases);
        at += 1;
    }
    generated
}

/// The name of the curated fact of a class's own member, or of all that have none.
fn curated_member(class: &str, name: &str, member: &str) -> Option<String> {
    if table::fact(member).is_some() {
        return Some(member.to_owned());
    }
    if let Some(canonical) = table::alias(member) {
        return Some(canonical.to_owned());
    }
    let rest = format!("{class}.{ANY_OTHER}");
    // Private members are not what "any other" means.
    (!name.starts_with('_') && table::fact(&rest).is_some()).then_some(rest)
}

/// Replaces the longest prefix that is another name.
fn step(name: &str) -> Option<String> {
    let mut prefix = name;
    loop {
        if let Some(canonical) = table::alias(prefix) {
            return Some(format!("{canonical}{}", &name[prefix.len()..]));
        }
        if table::fact(prefix).is_some() {
            return None;
        }
        if let Some(canonical) = rows::alias(prefix) {
            return Some(format!("{canonical}{}", &name[prefix.len()..]));
        }
        prefix = &prefix[..prefix.rfind('.')?];
    }
}
