//! What a repository says of names by its settings, in front of the built-in facts.

use std::collections::HashMap;
use std::sync::Arc;

use super::library;
use crate::policy::KnownName;
use crate::python::library::*;

/// The built-in catalogue with a repository's own entries in front of it. An entry replaces what is built in about its
/// name: one that neither blocks nor is anything else makes a function harmless.
pub fn library_with(known: &[KnownName]) -> Arc<dyn Library> {
    if known.is_empty() {
        return library();
    }
    let built_in = library();
    let mut own = Layered { facts: HashMap::new(), others: HashMap::new(), built_in };
    for entry in known {
        match &entry.same_as {
            Some(same) => {
                own.others.insert(entry.name.clone(), own.built_in.canonical(same));
            }
            None => {
                own.facts.insert(own.built_in.canonical(&entry.name), Entry::of(entry));
            }
        }
    }
    Arc::new(own)
}

struct Layered {
    facts: HashMap<String, Entry>,
    /// Canonical names by other names.
    others: HashMap<String, String>,
    built_in: Arc<dyn Library>,
}

/// The texts of a fact, which the facts given out borrow.
struct Entry {
    kind: Kind,
    blocks: Option<Blocks>,
    instead: Option<String>,
    gives: Option<String>,
    hands: Vec<Hand>,
    decorated: Option<Runner>,
    tags: Vec<Tag>,
    /// What an instance is, and the methods that give it back, with ", " between them.
    resource: Option<(String, String)>,
}

impl Entry {
    fn of(known: &KnownName) -> Self {
        let decorates = known.kind == Kind::Decorator || known.handler;
        let hand = |to: Runner| Hand::at(known.argument, None, to);
        let last = known.name.rsplit('.').next().unwrap_or_default();
        Self {
            kind: known.kind,
            blocks: known.blocks,
            instead: known.instead.as_ref().map(|name| format!("`{name}`")),
            gives: known.gives.clone(),
            hands: known.runs_in.filter(|_| !decorates).map(hand).into_iter().collect(),
            decorated: known.runs_in.filter(|_| decorates),
            tags: if known.handler { vec![Tag::Handler] } else { Vec::new() },
            resource: (!known.closed_by.is_empty())
                .then(|| (last.to_owned(), known.closed_by.join(", "))),
        }
    }

    fn fact(&self) -> Fact<'_> {
        let mut fact = of(self.kind);
        fact.blocks = self.blocks;
        fact.instead = self.instead.as_deref();
        fact.gives = self.gives.as_deref();
        fact.hands = &self.hands;
        fact.decorated = self.decorated;
        fact.tags = &self.tags;
        fact.resource = self.resource.as_ref().map(|(what, closed_by)| Resource {
            what,
            closed_by: Names::in_text(closed_by),
            asynchronous: self.kind != Kind::Function,
        });
        fact
    }
}

impl Library for Layered {
    fn canonical(&self, name: &str) -> String {
        let name = self.other(name).unwrap_or_else(|| name.to_owned());
        if self.facts.contains_key(&name) { name } else { self.built_in.canonical(&name) }
    }

    fn fact(&self, name: &str) -> Option<Fact<'_>> {
        match self.facts.get(name) {
            Some(entry) => Some(entry.fact()),
            None => self.built_in.fact(name),
        }
    }

    fn member(&self, class: &str, name: &str) -> Option<String> {
        let (mut todo, mut at) = (vec![class.to_owned()], 0);
        while let Some(class) = todo.get(at).filter(|_| at < 16) {
            let member = format!("{class}.{name}");
            if self.facts.contains_key(&member) {
                return Some(member);
            }
            let bases: Vec<String> = self
                .fact(class)
                .into_iter()
                .flat_map(|it| it.bases.iter())
                .map(str::to_owned)
                .collect();
            todo.extend(bases);
            at += 1;
        }
        self.built_in.member(class, name)
    }
}

impl Layered {
    /// Replaces the longest prefix that the repository calls another name.
    fn other(&self, name: &str) -> Option<String> {
        let mut prefix = name;
        loop {
            if let Some(canonical) = self.others.get(prefix) {
                return Some(format!("{canonical}{}", &name[prefix.len()..]));
            }
            prefix = &prefix[..prefix.rfind('.')?];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(name: &str) -> KnownName {
        KnownName { name: name.to_owned(), ..KnownName::default() }
    }

    #[test]
    fn a_repository_s_entries_stand_before_what_is_built_in() {
        let get = KnownName { same_as: Some("requests.get".to_owned()), ..known("acme.get") };
        let fetch = KnownName {
            blocks: Some(Blocks::Http),
            instead: Some("acme.aio.fetch".to_owned()),
            ..known("acme.Session.fetch")
        };
        let pool = KnownName {
            kind: Kind::Class,
            closed_by: vec!["close".to_owned(), "abort".to_owned()],
            ..known("acme.Pool")
        };
        let offload = KnownName {
            kind: Kind::Coroutine,
            runs_in: Some(Runner::Thread),
            argument: 1,
            ..known("acme.offload")
        };
        let harmless = known("redis.client.Redis.ping");
        let library = library_with(&[get, fetch, pool, offload, harmless]);

        assert_eq!(library.canonical("acme.get"), "requests.get");
        let fetch = library.member("acme.Session", "fetch").and_then(|it| library.fact(&it));
        assert_eq!(
            fetch.map(|it| (it.blocks, it.instead)),
            Some((Some(Blocks::Http), Some("`acme.aio.fetch`")))
        );
        let closed_by = library.fact("acme.Pool").and_then(|it| it.resource).map(|it| it.closed_by);
        assert!(closed_by.is_some_and(|it| it.contains("abort") && !it.contains("open")));
        let hands = library.fact("acme.offload").map(|it| it.hands.to_vec());
        assert_eq!(hands, Some(vec![Hand::at(1, None, Runner::Thread)]));
        let ping = library.member("redis.Redis", "ping").and_then(|it| library.fact(&it)?.blocks);
        let scan = library.member("redis.Redis", "scan").and_then(|it| library.fact(&it)?.blocks);
        assert_eq!((ping, scan), (None, Some(Blocks::Database)));
    }
}
