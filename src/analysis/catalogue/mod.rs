//! Library facts as data, one file per library.
//!
//! A file has a `pub(super) const FACTS: &[(&str, Fact)]`, from canonical dotted names to facts made with the functions of
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

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use crate::python::{Fact, Library};

/// Facts by name, for names that begin alike and for names that share a fact:
/// `facts! { "time" { sleep: blocking(Blocks::Sleep); } }`.
macro_rules! facts {
    ($($prefix:literal { $($($name:ident)+ : $fact:expr;)* })*) => {
        &[$($($((concat!($prefix, ".", stringify!($name)), $fact),)+)*)*]
    };
}

mod anyio;
mod asyncio;
mod cpu;
mod files;
mod http;
mod legacy;
mod nosql;
mod sql;
mod stdlib;
mod threads;
mod web;

/// All facts.
const FACTS: &[&[(&str, Fact)]] = &[
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
struct Catalogue {
    facts: HashMap<&'static str, &'static Fact>,
    aliases: HashMap<&'static str, &'static str>,
}

static CATALOGUE: LazyLock<Arc<dyn Library>> = LazyLock::new(|| {
    let facts = FACTS.iter().copied().flatten().map(|(name, fact)| (*name, fact)).collect();
    let aliases = ALIASES.iter().copied().flatten().copied().collect();
    Arc::new(Catalogue { facts, aliases })
});

/// The catalogue. The hash maps are built at the first call.
pub fn library() -> Arc<dyn Library> {
    Arc::clone(&CATALOGUE)
}

impl Library for Catalogue {
    fn canonical(&self, name: &str) -> String {
        let mut name = name.to_owned();
        // A few rounds: an alias may lead to another one.
        for _ in 0..4 {
            let Some(next) = self.step(&name) else { break };
            name = next;
        }
        name
    }

    fn fact(&self, name: &str) -> Option<&Fact> {
        self.facts.get(name).copied()
    }

    fn member(&self, class: &str, name: &str) -> Option<String> {
        let mut todo = vec![class];
        let mut step = 0;
        while let Some(class) = todo.get(step).copied().filter(|_| step < 16) {
            for member in [name, ANY_OTHER] {
                let member = format!("{class}.{member}");
                // Private members and attributes that are no methods are not what "any other" means.
                if self.facts.contains_key(member.as_str())
                    && !(member.ends_with(ANY_OTHER) && name.starts_with('_'))
                {
                    return Some(member);
                }
            }
            todo.extend(self.fact(class).into_iter().flat_map(|fact| fact.bases));
            step += 1;
        }
        None
    }
}

impl Catalogue {
    /// Replaces the longest prefix that is another name.
    fn step(&self, name: &str) -> Option<String> {
        let mut prefix = name;
        loop {
            if let Some(canonical) = self.aliases.get(prefix) {
                return Some(format!("{canonical}{}", &name[prefix.len()..]));
            }
            prefix = &prefix[..prefix.rfind('.')?];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_has_two_facts() {
        let names: Vec<_> = FACTS.iter().copied().flatten().map(|(name, _)| *name).collect();
        let mut seen = std::collections::HashSet::new();
        let twice: Vec<_> = names.into_iter().filter(|name| !seen.insert(*name)).collect();
        assert!(twice.is_empty(), "{twice:?}");
    }

    #[test]
    fn other_names_lead_to_canonical_ones_and_hide_no_fact() {
        let library = library();
        let others = ALIASES.iter().copied().flatten().map(|(other, _)| *other);
        let bad: Vec<_> = others
            .filter(|other| {
                let once = library.canonical(other);
                library.fact(other).is_some() || library.canonical(&once) != once
            })
            .collect();
        assert!(bad.is_empty(), "{bad:?}");
    }

    #[test]
    fn classes_that_facts_name_are_known() {
        let library = library();
        let mut unknown = Vec::new();
        for (name, fact) in FACTS.iter().copied().flatten() {
            let classes = [fact.gives, fact.enters, fact.items].into_iter().flatten();
            let classes = classes.flat_map(|class| class.trim_matches(['(', ')']).split(", "));
            let attributes = fact.attributes.iter().map(|(_, class)| *class);
            for class in classes.chain(fact.bases.iter().copied()).chain(attributes) {
                let is_class = |fact: &Fact| fact.kind == crate::python::Kind::Class;
                if class != "builtins.str" && !library.fact(class).is_some_and(is_class) {
                    unknown.push((name, class));
                }
            }
        }
        assert!(unknown.is_empty(), "{unknown:?}");
    }

    #[test]
    fn members_are_found_in_bases_and_by_the_rest() {
        let library = library();
        assert_eq!(library.member("httpx2.Client", "get").as_deref(), Some("httpx.Client.get"));
        assert_eq!(
            library.member("redis.Redis", "hgetall").as_deref(),
            Some("redis.Redis.any_other")
        );
        assert_eq!(
            library.member("redis.Redis", "pipeline").as_deref(),
            Some("redis.Redis.pipeline")
        );
        assert_eq!(library.member("redis.Redis", "_parse"), None);
        assert_eq!(library.canonical("asyncio.tasks.create_task"), "asyncio.create_task");
    }
}
