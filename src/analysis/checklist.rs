//! The checklist: 63 items in seven sections, each section a pass of the review.
//!
//! Source: the asyncio review checklist after *Using Asyncio in Python*; titles and questions are its own words.

use serde::{Serialize, Serializer};

/// Number of an item of the checklist, 1 to 63, written `C01`…`C63`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Item(pub u8);

impl Item {
    /// The item's row of the checklist; `None` when there is no such item.
    pub fn row(self) -> Option<&'static Row> {
        CHECKLIST.get(usize::from(self.0).checked_sub(1)?)
    }
}

impl std::fmt::Display for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "C{:02}", self.0)
    }
}

impl Serialize for Item {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The seven passes of a review, one for each section of the checklist, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pass {
    /// Section 1: is asyncio the right choice, and how threads and executors are integrated.
    Concurrency,
    /// Section 2: coroutines, tasks, gather and wait, cancellation, time-outs.
    Coroutine,
    /// Section 3: asynchronous context managers and iteration.
    Resource,
    /// Section 4: start-up and shutdown.
    Shutdown,
    /// Section 5: nothing blocks the event loop.
    Blocking,
    /// Section 6: aiohttp, aiofiles, database clients.
    Library,
    /// Section 7: error handling, resilience, limits.
    Error,
}

impl Pass {
    /// All passes in the order of the checklist's sections.
    pub const ALL: [Pass; 7] = [
        Pass::Concurrency,
        Pass::Coroutine,
        Pass::Resource,
        Pass::Shutdown,
        Pass::Blocking,
        Pass::Library,
        Pass::Error,
    ];

    /// The pass's name as a person reads it.
    pub fn title(self) -> &'static str {
        match self {
            Pass::Concurrency => "Concurrency",
            Pass::Coroutine => "Coroutine",
            Pass::Resource => "Resource",
            Pass::Shutdown => "Shutdown",
            Pass::Blocking => "Blocking",
            Pass::Library => "Library",
            Pass::Error => "Error",
        }
    }
}

/// One row of the checklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The row's number.
    pub item: Item,
    /// The pass that answers it.
    pub pass: Pass,
    /// The chapter of the book it comes from.
    pub chapter: u8,
    /// A few words that name it.
    pub title: &'static str,
    /// The question a reviewer asks.
    pub question: &'static str,
}

const fn row(
    item: u8,
    pass: Pass,
    chapter: u8,
    title: &'static str,
    question: &'static str,
) -> Row {
    Row { item: Item(item), pass, chapter, title, question }
}

/// All 63 rows in the source's order: `CHECKLIST[n - 1]` is item `n`.
#[rustfmt::skip]
pub const CHECKLIST: [Row; 63] = [
    row(1, Pass::Concurrency, 1, "Asyncio appropriateness", "Is asyncio used for I/O-bound work? Is CPU-bound work offloaded to executors?"),
    row(2, Pass::Concurrency, 1, "Single-threaded awareness", "Does the code respect that asyncio runs on a single thread?"),
    row(3, Pass::Concurrency, 2, "Thread avoidance", "Are threads avoided where asyncio coroutines would suffice?"),
    row(4, Pass::Concurrency, 2, "Executor usage", "Is run_in_executor() used for blocking calls instead of calling them directly?"),
    row(5, Pass::Concurrency, 2, "ThreadPoolExecutor bounds", "Is max_workers set to prevent unbounded thread creation?"),
    row(6, Pass::Concurrency, 2, "ProcessPoolExecutor for CPU", "Is ProcessPoolExecutor used instead of ThreadPoolExecutor for CPU-bound work?"),
    row(7, Pass::Concurrency, 2, "Executor shutdown", "Is the executor properly shut down on application exit?"),
    row(8, Pass::Concurrency, 2, "No shared mutable state", "Is shared state between threads protected or avoided?"),
    row(9, Pass::Coroutine, 3, "async def/await", "Are coroutines properly defined with async def and awaited?"),
    row(10, Pass::Coroutine, 3, "No unawaited coroutines", "Are all coroutine calls awaited or wrapped in create_task()?"),
    row(11, Pass::Coroutine, 3, "asyncio.run() entry", "Is asyncio.run() used as the entry point instead of manual loop management?"),
    row(12, Pass::Coroutine, 3, "No nested asyncio.run()", "Is asyncio.run() never called from within async code?"),
    row(13, Pass::Coroutine, 3, "create_task() usage", "Is create_task() used instead of ensure_future() for coroutines?"),
    row(14, Pass::Coroutine, 3, "Task references kept", "Are created tasks stored in variables or collections to prevent GC and silent exceptions?"),
    row(15, Pass::Coroutine, 3, "Named tasks", "Are tasks named for debugging: `create_task(coro, name=\"descriptive-name\")`?"),
    row(16, Pass::Coroutine, 3, "Concurrent when possible", "Are independent I/O operations run concurrently via gather() or create_task(), not sequentially?"),
    row(17, Pass::Coroutine, 3, "return_exceptions=True", "Is gather() called with return_exceptions=True to prevent one failure from cancelling all?"),
    row(18, Pass::Coroutine, 3, "Result checking", "Are gather() results checked for exceptions when return_exceptions=True?"),
    row(19, Pass::Coroutine, 3, "wait() for flexibility", "Is asyncio.wait() used when FIRST_COMPLETED or FIRST_EXCEPTION semantics are needed?"),
    row(20, Pass::Coroutine, 3, "as_completed() for streaming", "Is as_completed() used when results should be processed as they arrive?"),
    row(21, Pass::Coroutine, 3, "CancelledError handling", "Is CancelledError caught in coroutines for cleanup, then re-raised or allowed to propagate?"),
    row(22, Pass::Coroutine, 3, "Timeouts set", "Are asyncio.wait_for() or asyncio.timeout() used for operations that could hang?"),
    row(23, Pass::Coroutine, 3, "Cancellation propagation", "Does task.cancel() properly propagate through the task tree?"),
    row(24, Pass::Coroutine, 3, "No bare except catching CancelledError", "Does `except Exception` not accidentally catch CancelledError (Python <3.9)?"),
    row(25, Pass::Resource, 3, "async with for resources", "Are connections, sessions, files, and pools managed with async with?"),
    row(26, Pass::Resource, 3, "__aenter__/__aexit__", "Do custom async context managers implement proper cleanup in __aexit__?"),
    row(27, Pass::Resource, 3, "@asynccontextmanager", "Is the contextlib decorator used for simple async context managers?"),
    row(28, Pass::Resource, 3, "async for usage", "Is async for used for iterating over async generators and streams?"),
    row(29, Pass::Resource, 3, "Async generator cleanup", "Are async generators properly finalized on shutdown?"),
    row(30, Pass::Resource, 3, "Async comprehensions", "Are async comprehensions used for concise async collection building?"),
    row(31, Pass::Shutdown, 3, "Resource initialization", "Are database pools, HTTP sessions, and connections created in the main coroutine?"),
    row(32, Pass::Shutdown, 3, "Task creation", "Are long-running tasks created with create_task() after resource initialization?"),
    row(33, Pass::Shutdown, 3, "Context manager lifecycle", "Are resources wrapped in async with to ensure cleanup?"),
    row(34, Pass::Shutdown, 3, "Signal handling", "Are SIGTERM and SIGINT handlers registered with loop.add_signal_handler()?"),
    row(35, Pass::Shutdown, 3, "Task cancellation", "Are all pending tasks cancelled on shutdown?"),
    row(36, Pass::Shutdown, 3, "Cancellation awaited", "Is gather(*tasks, return_exceptions=True) used to wait for cancelled tasks?"),
    row(37, Pass::Shutdown, 3, "Async generator shutdown", "Is loop.shutdown_asyncgens() called?"),
    row(38, Pass::Shutdown, 3, "Executor shutdown", "Is loop.shutdown_default_executor() called (Python 3.9+)?"),
    row(39, Pass::Shutdown, 3, "Loop closed", "Is loop.close() called as the final step?"),
    row(40, Pass::Shutdown, 3, "No resource leaks", "Are all connections, sessions, and file handles closed on shutdown?"),
    row(41, Pass::Blocking, 2, "No time.sleep()", "Is asyncio.sleep() used instead of time.sleep()?"),
    row(42, Pass::Blocking, 2, "No blocking HTTP", "Is aiohttp used instead of requests/urllib?"),
    row(43, Pass::Blocking, 2, "No blocking file I/O", "Is aiofiles or run_in_executor() used instead of open()/read()/write()?"),
    row(44, Pass::Blocking, 2, "No blocking database", "Are async database drivers (asyncpg, aiomysql) used instead of sync ones?"),
    row(45, Pass::Blocking, 3, "Executor for legacy", "Is run_in_executor() used for any unavoidable blocking calls?"),
    row(46, Pass::Blocking, 3, "Debug mode testing", "Has the code been tested with asyncio debug mode to detect slow callbacks?"),
    row(47, Pass::Library, 4, "ClientSession reuse", "Is a single ClientSession reused across requests, not created per-request?"),
    row(48, Pass::Library, 4, "Session as context manager", "Is ClientSession used with async with for proper cleanup?"),
    row(49, Pass::Library, 4, "Connection limits", "Is TCPConnector configured with appropriate connection limits?"),
    row(50, Pass::Library, 4, "Response consumed", "Are response bodies read (json/text/read) before the response context exits?"),
    row(51, Pass::Library, 4, "Async file ops", "Is aiofiles used for file I/O in async contexts?"),
    row(52, Pass::Library, 4, "Context manager", "Are file handles managed with async with?"),
    row(53, Pass::Library, 4, "Connection pooling", "Are database connections pooled (asyncpg.create_pool, etc.)?"),
    row(54, Pass::Library, 4, "Pool cleanup", "Is the connection pool closed on shutdown?"),
    row(55, Pass::Library, 4, "Transaction management", "Are transactions used with async with for atomicity?"),
    row(56, Pass::Library, 4, "Prepared statements", "Are prepared statements used for repeated queries?"),
    row(57, Pass::Error, 3, "Per-task error handling", "Does each task have its own try/except for error isolation?"),
    row(58, Pass::Error, 3, "Exception logging", "Are task exceptions logged, not silently swallowed?"),
    row(59, Pass::Error, 3, "Retry logic", "Are transient errors (network, timeout) retried with exponential backoff?"),
    row(60, Pass::Error, 3, "Graceful degradation", "Does one task's failure not crash the entire application?"),
    row(61, Pass::Error, 3, "Semaphore usage", "Is asyncio.Semaphore used to limit concurrent operations?"),
    row(62, Pass::Error, 3, "Queue backpressure", "Is asyncio.Queue with maxsize used for producer-consumer backpressure?"),
    row(63, Pass::Error, 4, "Connection pool limits", "Are HTTP/database connection pools properly sized?"),
];
