//! What is known about names that come from outside a file: the vocabulary of library facts.
//!
//! The facts themselves are data elsewhere; resolution asks for them through [`Library`].

/// Where facts are looked up. Names are dotted: `time.sleep`, `asyncpg.Pool.acquire`, `builtins.open`.
pub trait Library: Send + Sync {
    /// The name under which facts are kept: `aiohttp.client.ClientSession` is `aiohttp.ClientSession`.
    fn canonical(&self, name: &str) -> String;

    /// What is known of a canonical name.
    fn fact(&self, name: &str) -> Option<&Fact>;

    /// The canonical name of a class's member with a fact of its own, looked for in the class, then in its bases.
    fn member(&self, class: &str, name: &str) -> Option<String> {
        let mut todo = vec![class.to_owned()];
        for step in 0..16 {
            let class = todo.get(step)?.clone();
            let member = format!("{class}.{name}");
            if self.fact(&member).is_some() {
                return Some(member);
            }
            todo.extend(
                self.fact(&class).into_iter().flat_map(|f| f.bases).map(|b| (*b).to_owned()),
            );
        }
        None
    }

    /// Whether a canonical class is another one or derives from it.
    fn derives(&self, class: &str, ancestor: &str) -> bool {
        let mut todo = vec![class.to_owned()];
        for step in 0..32 {
            let Some(class) = todo.get(step).cloned() else { return false };
            if class == ancestor {
                return true;
            }
            todo.extend(
                self.fact(&class).into_iter().flat_map(|f| f.bases).map(|b| (*b).to_owned()),
            );
        }
        false
    }
}

/// What is known about one dotted name. Made with the functions below: `function().blocks(Blocks::Sleep)`.
#[derive(Debug, Clone, Copy)]
pub struct Fact {
    /// What calling it does.
    pub kind: Kind,
    /// Canonical class of the result: of a call, of the awaited call if it is awaited, of a property. A tuple is written
    /// `(A, B)`.
    pub gives: Option<&'static str>,
    /// Canonical class of what `with` or `async with` binds, when it is not what `gives` says.
    pub enters: Option<&'static str>,
    /// Canonical class of the items of an iteration over the result.
    pub items: Option<&'static str>,
    /// Calling it holds the thread up, and with what.
    pub blocks: Option<Blocks>,
    /// It blocks, but so briefly (metadata of a file) that it matters little.
    pub cheap: bool,
    /// What to write instead on the event loop, as Markdown that fits behind "use": "`asyncio.sleep`".
    pub instead: Option<&'static str>,
    /// Instances hold something that has to be given back.
    pub resource: Option<Resource>,
    /// Awaiting (or calling) it may never end.
    pub hangs: Option<Hangs>,
    /// Names of keyword arguments that bound how long it takes.
    pub timeouts: &'static [&'static str],
    /// 0-based position of the argument that bounds how long it takes.
    pub timeout_at: Option<u8>,
    /// Callables that it takes, and where it runs them.
    pub hands: &'static [Hand],
    /// Further properties.
    pub tags: &'static [Tag],
    /// Of a decorator: where a plain function runs that it decorates (`async def` ones run on the loop anyway).
    pub decorated: Option<Runner>,
    /// Canonical names of a class's bases.
    pub bases: &'static [&'static str],
    /// Canonical classes of an instance's attributes. `*` stands for all others, `[]` for what a subscript gives.
    pub attributes: &'static [(&'static str, &'static str)],
}

/// What calling a name does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A plain function or method: it has run when the call returns.
    Function,
    /// A coroutine function: nothing runs until the result is awaited.
    Coroutine,
    /// Its result may be awaited, or entered with `async with` (`session.get(…)`, `asyncpg.create_pool(…)`). Nothing
    /// happens before that.
    AwaitableContext,
    /// Its result is a future or task: it runs by itself and may be awaited.
    Future,
    /// Its result is for `async with` only: `asyncio.timeout(…)`, `pool.acquire()` of some libraries.
    AsyncContext,
    /// Its result is for `async for`.
    AsyncIterator,
    /// A class: calling it makes an instance.
    Class,
    /// An attribute or property that is not called.
    Attribute,
    /// A decorator that leaves a function what it is (asynchronous or not).
    Decorator,
}

/// What holds the thread up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Blocks {
    /// `time.sleep`.
    Sleep,
    /// An HTTP client.
    Http,
    /// Disk.
    File,
    /// A database driver, or an ORM.
    Database,
    /// Another process: `subprocess.run`, `os.system`.
    Process,
    /// A raw socket, or name resolution.
    Network,
    /// A person: `input`.
    Console,
    /// A lock, queue or future of threads.
    Thread,
    /// A protocol's client without an asynchronous form of its own: SMTP, FTP, SSH, LDAP, cloud SDKs.
    Legacy,
    /// The processor: hashing of passwords, compression, images, data frames.
    Cpu,
}

/// Something an instance holds and has to give back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resource {
    /// What it is, for messages: "HTTP session".
    pub what: &'static str,
    /// Methods any of which gives it back: `["close", "aclose"]`.
    pub closed_by: &'static [&'static str],
    /// It is used with `async with`; otherwise with `with`.
    pub asynchronous: bool,
}

/// Why a call may never end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hangs {
    /// It waits for another machine.
    Network,
    /// It waits for another process, task or thread.
    Other,
}

/// A callable argument and where it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hand {
    /// 0-based position of the argument.
    pub position: u8,
    /// Its name, if it may be given by keyword.
    pub keyword: Option<&'static str>,
    /// Where the callable runs.
    pub to: Runner,
    /// A coroutine function will do as well: what calling it makes is awaited.
    pub awaits: bool,
}

/// Where a callable runs that was handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Runner {
    /// Called on the event loop: `call_soon`, `add_done_callback`.
    Loop,
    /// Called in another thread: `to_thread`, `Thread(target=…)`.
    Thread,
    /// Called in another process.
    Process,
    /// Called at once by the callee, in the same context: `map`, `sorted(key=…)`.
    Caller,
}

/// Further properties of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tag {
    /// Starts its awaitable argument as a task of its own: `create_task`, `ensure_future`.
    MakesTask,
    /// Keeps a reference to the tasks it makes: `TaskGroup.create_task`.
    KeepsTask,
    /// Runs its awaitable arguments concurrently: `gather`.
    Gathers,
    /// Bounds the time of its body or its awaitable argument: `asyncio.timeout`, `wait_for`.
    Bounds,
    /// Runs an event loop until its argument is done: `asyncio.run`, `run_until_complete`.
    RunsLoop,
    /// A client or session that is meant to be made once and shared.
    Session,
    /// A pool of connections.
    Pool,
    /// One connection.
    Connection,
    /// Changes data at the other end.
    Writes,
    /// A context that suppresses exceptions: `contextlib.suppress`.
    Suppresses,
    /// Shields its awaitable from cancellation.
    Shields,
    /// Cancels the task it is called on.
    Cancels,
    /// Decorates a function that a framework calls for each request, message or event.
    Handler,
    /// Decorates a test or fixture.
    TestHarness,
    /// Retries, with back-off.
    Retries,
    /// Limits how many run at once.
    Limits,
    /// Takes over a resource given to it and closes it: `AsyncExitStack.enter_async_context`, `contextlib.closing`.
    Closes,
    /// Computes without holding the interpreter's lock, so that threads run it side by side: `hashlib.scrypt`, numpy, Pillow.
    ReleasesGil,
    /// May be used on the event loop's thread only; other threads have to go through `call_soon_threadsafe`.
    LoopOnly,
    /// Instances may be used by several threads at once with no lock: `queue.Queue`, `threading.Event`.
    ThreadSafe,
    /// Instances are locks: one holder at a time, entered with `with` or `async with`.
    Lock,
}

const NOTHING: Fact = Fact {
    kind: Kind::Function,
    gives: None,
    enters: None,
    items: None,
    blocks: None,
    cheap: false,
    instead: None,
    resource: None,
    hangs: None,
    timeouts: &[],
    timeout_at: None,
    hands: &[],
    tags: &[],
    decorated: None,
    bases: &[],
    attributes: &[],
};

const fn of(kind: Kind) -> Fact {
    Fact { kind, ..NOTHING }
}

/// A plain function or method.
pub const fn function() -> Fact {
    of(Kind::Function)
}
/// A coroutine function or method.
pub const fn coroutine() -> Fact {
    of(Kind::Coroutine)
}
/// See [`Kind::AwaitableContext`].
pub const fn awaitable_context() -> Fact {
    of(Kind::AwaitableContext)
}
/// See [`Kind::Future`].
pub const fn future() -> Fact {
    of(Kind::Future)
}
/// See [`Kind::AsyncContext`].
pub const fn async_context() -> Fact {
    of(Kind::AsyncContext)
}
/// See [`Kind::AsyncIterator`].
pub const fn async_iterator() -> Fact {
    of(Kind::AsyncIterator)
}
/// A class.
pub const fn class() -> Fact {
    of(Kind::Class)
}
/// An attribute or property.
pub const fn attribute() -> Fact {
    of(Kind::Attribute)
}
/// A decorator that keeps asyncness.
pub const fn decorator() -> Fact {
    of(Kind::Decorator)
}
/// A plain function that blocks.
pub const fn blocking(with: Blocks) -> Fact {
    function().blocks(with)
}

impl Fact {
    /// Sets [`Fact::gives`].
    pub const fn gives(mut self, class: &'static str) -> Self {
        self.gives = Some(class);
        self
    }
    /// Sets [`Fact::enters`].
    pub const fn enters(mut self, class: &'static str) -> Self {
        self.enters = Some(class);
        self
    }
    /// Sets [`Fact::items`].
    pub const fn items(mut self, class: &'static str) -> Self {
        self.items = Some(class);
        self
    }
    /// Sets [`Fact::blocks`].
    pub const fn blocks(mut self, with: Blocks) -> Self {
        self.blocks = Some(with);
        self
    }
    /// Sets [`Fact::cheap`].
    pub const fn cheap(mut self) -> Self {
        self.cheap = true;
        self
    }
    /// Sets [`Fact::instead`].
    pub const fn instead(mut self, advice: &'static str) -> Self {
        self.instead = Some(advice);
        self
    }
    /// Sets [`Fact::resource`] of a class used with `async with`.
    pub const fn async_resource(
        mut self,
        what: &'static str,
        closed_by: &'static [&'static str],
    ) -> Self {
        self.resource = Some(Resource { what, closed_by, asynchronous: true });
        self
    }
    /// Sets [`Fact::resource`] of a class used with `with`.
    pub const fn resource(
        mut self,
        what: &'static str,
        closed_by: &'static [&'static str],
    ) -> Self {
        self.resource = Some(Resource { what, closed_by, asynchronous: false });
        self
    }
    /// Sets [`Fact::hangs`].
    pub const fn hangs(mut self, why: Hangs) -> Self {
        self.hangs = Some(why);
        self
    }
    /// Sets [`Fact::timeouts`].
    pub const fn timeouts(mut self, keywords: &'static [&'static str]) -> Self {
        self.timeouts = keywords;
        self
    }
    /// Sets [`Fact::timeout_at`].
    pub const fn timeout_at(mut self, position: u8) -> Self {
        self.timeout_at = Some(position);
        self
    }
    /// Sets [`Fact::hands`].
    pub const fn hands(mut self, hands: &'static [Hand]) -> Self {
        self.hands = hands;
        self
    }
    /// Sets [`Fact::tags`].
    pub const fn tags(mut self, tags: &'static [Tag]) -> Self {
        self.tags = tags;
        self
    }
    /// Sets [`Fact::decorated`].
    pub const fn decorated(mut self, to: Runner) -> Self {
        self.decorated = Some(to);
        self
    }
    /// Sets [`Fact::bases`].
    pub const fn bases(mut self, bases: &'static [&'static str]) -> Self {
        self.bases = bases;
        self
    }
    /// Sets [`Fact::attributes`].
    pub const fn attributes(mut self, attributes: &'static [(&'static str, &'static str)]) -> Self {
        self.attributes = attributes;
        self
    }
    /// Whether it has the property.
    pub fn has(&self, tag: Tag) -> bool {
        self.tags.contains(&tag)
    }
    /// Whether the result of a call has to be awaited (or entered, or given to something that awaits it) before anything happens.
    pub fn is_lazy(&self) -> bool {
        matches!(self.kind, Kind::Coroutine | Kind::AwaitableContext)
    }
    /// Whether the result of a call can be awaited.
    pub fn is_awaitable(&self) -> bool {
        matches!(self.kind, Kind::Coroutine | Kind::AwaitableContext | Kind::Future)
    }
}

impl Hand {
    /// A callable at a position, with the keyword by which it may be given.
    pub const fn at(position: u8, keyword: Option<&'static str>, to: Runner) -> Self {
        Self { position, keyword, to, awaits: false }
    }
    /// Sets [`Hand::awaits`].
    pub const fn awaits(mut self) -> Self {
        self.awaits = true;
        self
    }
}
