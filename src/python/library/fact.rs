//! Facts: plain values that borrow their texts from whoever keeps them.

/// What is known about one dotted name. Made with the functions below: `function().blocks(Blocks::Sleep)`.
#[derive(Debug, Clone, Copy)]
pub struct Fact<'a> {
    /// What calling it does.
    pub kind: Kind,
    /// Canonical class of the result: of a call, of the awaited call if it is awaited, of a property. A tuple is written
    /// `(A, B)`.
    pub gives: Option<&'a str>,
    /// Canonical class of what `with` or `async with` binds, when it is not what `gives` says.
    pub enters: Option<&'a str>,
    /// Canonical class of the items of an iteration over the result.
    pub items: Option<&'a str>,
    /// Calling it holds the thread up, and with what.
    pub blocks: Option<Blocks>,
    /// It blocks, but so briefly (metadata of a file) that it matters little.
    pub cheap: bool,
    /// What to write instead on the event loop, as Markdown that fits behind "use": "`asyncio.sleep`".
    pub instead: Option<&'a str>,
    /// Instances hold something that has to be given back.
    pub resource: Option<Resource<'a>>,
    /// Awaiting (or calling) it may never end.
    pub hangs: Option<Hangs>,
    /// Names of keyword arguments that bound how long it takes.
    pub timeouts: &'static [&'static str],
    /// 0-based position of the argument that bounds how long it takes.
    pub timeout_at: Option<u8>,
    /// Callables that it takes, and where it runs them.
    pub hands: &'a [Hand],
    /// Further properties.
    pub tags: &'a [Tag],
    /// Of a decorator: where a plain function runs that it decorates (`async def` ones run on the loop anyway).
    pub decorated: Option<Runner>,
    /// Canonical names of a class's bases.
    pub bases: Names<'a>,
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
pub struct Resource<'a> {
    /// What it is, for messages: "HTTP session".
    pub what: &'a str,
    /// Methods any of which gives it back: `["close", "aclose"]`.
    pub closed_by: Names<'a>,
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

/// Names in a row: a list, or a text with ", " between them, so that facts in text need no memory of their own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Names<'a> {
    list: &'a [&'a str],
    text: &'a str,
}

impl<'a> Names<'a> {
    /// Those of a list.
    pub const fn of(list: &'a [&'a str]) -> Self {
        Self { list, text: "" }
    }
    /// Those of a text with ", " between them.
    pub const fn in_text(text: &'a str) -> Self {
        Self { list: &[], text }
    }
    /// All of them.
    pub fn iter(self) -> impl Iterator<Item = &'a str> {
        let in_text = self.text.split(", ").filter(|name| !name.is_empty());
        self.list.iter().copied().chain(in_text)
    }
    /// The first.
    pub fn first(self) -> Option<&'a str> {
        self.iter().next()
    }
    /// Whether a name is among them.
    pub fn contains(self, name: &str) -> bool {
        self.iter().any(|it| it == name)
    }
}

impl std::fmt::Debug for Names<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
