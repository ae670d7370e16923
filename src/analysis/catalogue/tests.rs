use std::collections::HashSet;

use super::*;
use crate::python::Kind;

/// All curated facts by name.
fn curated() -> impl Iterator<Item = (&'static str, Fact<'static>)> {
    let groups = FACTS.iter().copied().flatten();
    groups.flat_map(|(names, fact)| names.iter().map(|name| (*name, *fact)))
}

#[test]
fn no_name_has_two_facts() {
    let mut seen = HashSet::new();
    let twice: Vec<_> = curated().filter(|(name, _)| !seen.insert(*name)).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn other_names_lead_to_canonical_ones_and_hide_no_fact() {
    let library = library();
    let others = ALIASES.iter().copied().flatten().map(|(other, _)| *other);
    let bad: Vec<_> = others
        .filter(|other| {
            let once = library.canonical(other);
            table::fact(other).is_some() || library.canonical(&once) != once
        })
        .collect();
    assert!(bad.is_empty(), "{bad:?}");
}

#[test]
fn classes_that_facts_name_are_known() {
    let library = library();
    let mut unknown = Vec::new();
    for (name, fact) in curated() {
        let classes = [fact.gives, fact.enters, fact.items].into_iter().flatten();
        let classes = classes.flat_map(|class| class.trim_matches(['(', ')']).split(", "));
        let attributes = fact.attributes.iter().map(|(_, class)| *class);
        for class in classes.chain(fact.bases.iter()).chain(attributes) {
            let is_class = |fact: Fact<'_>| fact.kind == Kind::Class;
            if class != "builtins.str" && !library.fact(class).is_some_and(is_class) {
                unknown.push((name, class));
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn curated_names_are_found_in_their_table() {
    assert!(curated().all(|(name, fact)| table::fact(name).is_some_and(|it| it.kind == fact.kind)));
    assert!(table::fact("time.sleep_not").is_none());
}

#[test]
fn generated_rows_are_sorted_and_name_classes_that_are_known() {
    let library = library();
    let packages: Vec<_> = generated::PACKAGES.iter().map(|(name, _)| name).collect();
    assert!(packages.is_sorted());
    let texts: HashSet<_> = generated::PACKAGES.iter().map(|(_, text)| text).collect();
    let mut wrong = Vec::new();
    for text in texts {
        let mut owners = Vec::new();
        for block in text.split("\n[").skip(1) {
            let (owner, rows) = block.split_once(']').expect("a head ends its name");
            owners.push(owner);
            let names: Vec<_> =
                rows.lines().skip(1).filter_map(|row| row.split_once(' ')).collect();
            assert!(names.is_sorted(), "{owner}");
            for (name, row) in names {
                let class = row.rsplit_once(' ').map(|(_, class)| class.trim_start_matches('*'));
                let known = class.is_none_or(|it| {
                    library.canonical(it) == it
                        && (row.starts_with('=') || library.fact(it).is_some())
                });
                let found = row.starts_with('=') || rows::member(owner, name).is_some();
                if !known || !found || row.contains('[') {
                    wrong.push(format!("{owner}.{name} {row}"));
                }
            }
        }
        assert!(owners.is_sorted());
    }
    assert!(wrong.is_empty(), "{} rows: {:#?}", wrong.len(), &wrong[..wrong.len().min(40)]);
}

#[test]
fn generated_rows_add_to_what_is_curated() {
    let library = library();
    let kind = |name: &str| library.fact(&library.canonical(name)).map(|fact| fact.kind);
    assert_eq!(kind("asyncpg.pool.Pool.expire_connections"), Some(Kind::Coroutine));
    assert_eq!(kind("telegram.Bot.send_message"), Some(Kind::Coroutine));
    assert_eq!(kind("json.loads"), None, "it may give anything");
    assert_eq!(kind("os.getpid"), Some(Kind::Function));
    assert_eq!(kind("myapp.models.User"), None);
    let member = library.member("discord.ext.commands.Bot", "fetch_user");
    assert_eq!(member.and_then(|it| kind(&it)), Some(Kind::Coroutine));
}

#[test]
fn members_are_found_in_bases_and_by_the_rest() {
    let library = library();
    assert_eq!(library.member("httpx2.Client", "get").as_deref(), Some("httpx.Client.get"));
    assert_eq!(library.member("redis.Redis", "hgetall").as_deref(), Some("redis.Redis.any_other"));
    assert_eq!(library.member("redis.Redis", "pipeline").as_deref(), Some("redis.Redis.pipeline"));
    assert_eq!(library.member("redis.Redis", "_parse"), None);
    assert_eq!(library.canonical("asyncio.tasks.create_task"), "asyncio.create_task");
}
