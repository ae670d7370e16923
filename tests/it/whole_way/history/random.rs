//! Histories that nobody thought of: pushes, rebases, merges, people, services that lose their store.

use std::collections::{BTreeMap, BTreeSet};

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::{Event, Level, NewChange};
use asyncwarden::settings::StoreSettings;

use tempfile::TempDir;

use crate::whole_way::world::{World, in_memory};

/// How many histories are played where nobody asks for more.
const HISTORIES: u64 = 4;
/// How many steps one has.
const STEPS: usize = 14;

/// Numbers that are the same each time.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(super) fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap_or_default() % sides
    }
}

/// A function of a module; its number names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Function {
    Clean(usize),
    Sleeps(usize),
    SleepsTwice(usize),
    Opens(usize),
    Forgets(usize),
}

impl Function {
    fn of(kind: usize, number: usize) -> Self {
        match kind {
            0 => Function::Clean(number),
            1 => Function::Sleeps(number),
            2 => Function::SleepsTwice(number),
            3 => Function::Opens(number),
            _ => Function::Forgets(number),
        }
    }

    fn number(self) -> usize {
        match self {
            Function::Clean(number)
            | Function::Sleeps(number)
            | Function::SleepsTwice(number)
            | Function::Opens(number)
            | Function::Forgets(number) => number,
        }
    }

    fn text(self) -> String {
        let body = match self {
            Function::Clean(_) => "await asyncio.sleep(1)".to_owned(),
            Function::Sleeps(_) => "time.sleep(1)".to_owned(),
            Function::SleepsTwice(_) => {
                "time.sleep(1)\n    await asyncio.sleep(1)\n    time.sleep(1)".to_owned()
            }
            Function::Opens(_) => "return open('a').read()".to_owned(),
            Function::Forgets(_) => "asyncio.create_task(asyncio.sleep(1))".to_owned(),
        };
        format!("async def f{}():\n    {body}\n", self.number())
    }
}

/// Modules by path.
type Modules = BTreeMap<String, (usize, Vec<Function>)>;

fn text((comments, functions): &(usize, Vec<Function>)) -> String {
    let texts: Vec<String> = functions.iter().map(|function| function.text()).collect();
    format!(
        "{}import asyncio\nimport time\n\n\n{}",
        "# A comment.\n".repeat(*comments),
        texts.join("\n\n")
    )
}

/// A history as it is played.
struct History {
    dice: Dice,
    modules: Modules,
    /// What the branch has of them.
    pushed: BTreeMap<String, String>,
    next: usize,
    settled: BTreeSet<String>,
    deleted: BTreeSet<String>,
    /// Where its stores were.
    folders: Vec<TempDir>,
}

impl History {
    fn new(seed: u64) -> Self {
        let mut history = Self {
            dice: Dice::new(seed),
            modules: Modules::new(),
            pushed: BTreeMap::new(),
            next: 0,
            settled: BTreeSet::new(),
            deleted: BTreeSet::new(),
            folders: Vec::new(),
        };
        for path in ["app.py", "lib/jobs.py"] {
            let functions = (0..4).map(|_| history.function()).collect();
            history.modules.insert(path.to_owned(), (0, functions));
        }
        history
    }

    fn function(&mut self) -> Function {
        self.next += 1;
        Function::of(self.dice.roll(5), self.next)
    }

    fn path(&mut self) -> String {
        let at = self.dice.roll(self.modules.len());
        self.modules.keys().nth(at).unwrap().clone()
    }

    /// Changes the modules somehow.
    fn edit(&mut self) {
        let path = self.path();
        let at = self.dice.roll(5);
        let new = self.function();
        let choice = self.dice.roll(8);
        eprintln!("edit {choice} of {path} at {at}");
        let Some((comments, functions)) = self.modules.get_mut(&path) else { return };
        let at = at.min(functions.len());
        match choice {
            0 => *comments += 1 + at,
            1 | 2 => functions.insert(at, new),
            3 if functions.len() > 1 => drop(functions.remove(at.min(functions.len() - 1))),
            // Repaired, or made worse.
            4 | 5 if !functions.is_empty() => {
                let at = at.min(functions.len() - 1);
                functions[at] = Function::of(new.number() % 5, functions[at].number());
            }
            6 => {
                let module = self.modules.remove(&path).unwrap();
                self.modules.insert(format!("moved{}.py", self.next), module);
            }
            _ if functions.len() > 1 => {
                let function = functions.remove(at.min(functions.len() - 1));
                let other = self.path();
                self.modules.get_mut(&other).unwrap().1.push(function);
            }
            _ => {}
        }
    }

    /// What has to be pushed so that the branch has the modules.
    fn difference(&mut self) -> Vec<(String, Option<String>)> {
        let wanted: BTreeMap<String, String> =
            self.modules.iter().map(|(path, module)| (path.clone(), text(module))).collect();
        let mut changes: Vec<_> = self
            .pushed
            .keys()
            .filter(|path| !wanted.contains_key(*path))
            .map(|path| (path.clone(), None))
            .collect();
        let new = wanted.iter().filter(|(path, text)| self.pushed.get(*path) != Some(text));
        changes.extend(new.map(|(path, text)| (path.clone(), Some(text.clone()))));
        self.pushed = wanted;
        changes
    }

    async fn push(&mut self, world: &World, branch: &str) {
        let changes = self.difference();
        let files = changes.iter().map(|(path, text)| (path.as_str(), text.as_deref()));
        world.simulator.state().push(world.repository, branch, files);
    }

    /// A step of the history.
    async fn step(&mut self, world: World) -> World {
        let before = world.head();
        let choice = self.dice.roll(10);
        eprintln!("step {choice}");
        match choice {
            0..=4 => {
                for _ in 0..=self.dice.roll(3) {
                    self.edit();
                }
                self.push(&world, "feature").await;
                world.deliver(&Event::Pushed { before }).await;
            }
            5 => {
                let text =
                    format!("import time\n\n\nasync def base{}():\n    time.sleep(1)\n", self.next);
                let path = format!("base{}.py", self.dice.roll(2));
                let files = [(path.as_str(), Some(text.as_str()))];
                world.simulator.state().push(world.repository, "main", files);
            }
            6 => {
                world.simulator.state().merge(world.repository, "main", "feature");
                world.deliver(&Event::Pushed { before }).await;
            }
            7 => {
                world.simulator.state().rebase(world.repository, "feature", "main");
                world.deliver(&Event::Pushed { before }).await;
            }
            8 => self.somebody(&world),
            _ => return self.lose_the_store(world).await,
        }
        world
    }

    /// Somebody resolves a thread, answers in it, or deletes it.
    fn somebody(&mut self, world: &World) {
        let threads = world.change(|change| change.threads.len());
        if threads == 0 {
            return;
        }
        let (at, choice) = (self.dice.roll(threads), self.dice.roll(3));
        let told = world.told();
        let open = told.findings();
        let body =
            world.change(|change| change.threads[at].notes.first().map(|it| it.body.clone()));
        let names = body.map(|body| world.findings_in(&body)).unwrap_or_default();
        // Only what is open is somebody's business.
        if names.is_empty() || !names.iter().all(|name| open.contains(name)) {
            return;
        }
        eprintln!("somebody {choice} {names:?}");
        match choice {
            0 => {
                world.change(|change| change.threads[at].resolved_by = Some("maria".to_owned()));
                self.settled.extend(names);
            }
            1 => {
                let answer = world.note("maria", Some(Level::Write), "Why?");
                world.change(|change| change.threads[at].notes.push(answer));
            }
            _ => {
                world.change(|change| change.threads.remove(at));
                self.deleted.extend(names);
            }
        }
    }

    /// The service starts again with nothing but what stands on the platform.
    async fn lose_the_store(&mut self, world: World) -> World {
        let mut settings = world.settings.clone();
        let folder = in_memory();
        settings.store = StoreSettings::Embedded(folder.path().to_owned());
        self.folders.push(folder);
        let world = world.restart(settings).await;
        world.deliver(&Event::Opened).await;
        // What was deleted may be said again.
        self.deleted.clear();
        world
    }
}

async fn play(forge: ForgeKind, seed: u64) {
    let mut history = History::new(seed);
    let folder = in_memory();
    let store = StoreSettings::Embedded(folder.path().to_owned());
    let mut world = World::start(forge, store, &[], |_| {}).await;
    history.push(&world, "main").await;
    history.edit();
    history.edit();
    history.push(&world, "feature").await;
    world.open_as(NewChange::from_branch("feature", "Poll")).await;
    for _ in 0..STEPS {
        world = history.step(world).await;
        world.complain_of_doubles();
        assert_eq!(world.open_gates(), 0);
    }
    let before = world.head();
    history.edit();
    history.push(&world, "feature").await;
    world.deliver(&Event::Pushed { before }).await;
    world.is_told_as_at_once(&history.settled, &history.deleted).await;
    world.end().await;
}

/// Plays as many histories as `ASYNCWARDEN_TEST_HISTORIES` says, from the seed that `ASYNCWARDEN_TEST_SEED` says.
#[tokio::test]
async fn any_history_ends_as_one_review_of_its_last_head() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let first = number("ASYNCWARDEN_TEST_SEED").unwrap_or(1);
    let count = number("ASYNCWARDEN_TEST_HISTORIES").unwrap_or(HISTORIES);
    for seed in first..first + count {
        for forge in [ForgeKind::GitHub, ForgeKind::GitLab] {
            eprintln!("seed {seed} with {}", forge.as_str());
            play(forge, seed).await;
        }
    }
}
