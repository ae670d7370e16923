//! Library facts as data, one file per library.
//!
//! A file has a `pub(super) const FACTS: &[(&str, Fact)]`, from canonical dotted names to facts made with the functions of
//! [`crate::python::library`], and where a library has several names for one thing, a `pub(super) const ALIASES:
//! &[(&str, &str)]`, from other names (or prefixes of names, whole segments: `("asyncio.tasks", "asyncio")`) to canonical ones.
//! Both are listed below.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use crate::python::{Fact, Library};

/// All facts.
const FACTS: &[&[(&str, Fact)]] = &[];

/// All other names.
const ALIASES: &[&[(&str, &str)]] = &[];

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
