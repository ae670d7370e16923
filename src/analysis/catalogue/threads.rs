//! Threads, processes and executors: threading, queue, multiprocessing, concurrent.futures, and what frameworks offer to
//! leave the event loop.

use super::Groups;
use crate::python::library::*;

const WAITS: Fact<'static> = blocking(Blocks::Thread).hangs(Hangs::Other).timeouts(&["timeout"]);
const IN_THREAD: Fact<'static> = coroutine().hands(&[Hand::at(0, Some("func"), Runner::Thread)]);

pub(super) const FACTS: Groups = facts! {
    "threading" {
        Thread: class().hands(&[Hand::at(1, Some("target"), Runner::Thread)]);
        Timer: class().bases(&["threading.Thread"]).hands(&[Hand::at(1, Some("function"), Runner::Thread)]);
        Lock RLock Condition: class().tags(&[Tag::Lock, Tag::ThreadSafe]);
        Event Semaphore Barrier local: class().tags(&[Tag::ThreadSafe]);
        BoundedSemaphore: class().bases(&["threading.Semaphore"]).tags(&[Tag::ThreadSafe]);
    }
    "threading.Thread" { start is_alive: function(); join: WAITS; }
    "threading.Timer" { cancel: function(); }
    "threading.Lock" { acquire: WAITS.instead("`asyncio.Lock`"); release locked: function(); }
    "threading.RLock" { acquire: WAITS.instead("`asyncio.Lock`"); release: function(); }
    "threading.Semaphore" { acquire: WAITS.instead("`asyncio.Semaphore`"); release: function(); }
    "threading.Event" { wait: WAITS.instead("`asyncio.Event`"); set clear is_set: function(); }
    "threading.Condition" { wait wait_for acquire: WAITS.instead("`asyncio.Condition`"); notify notify_all release: function(); }
    "threading.Barrier" { wait: WAITS.instead("`asyncio.Barrier`"); abort: function(); }
    "queue" {
        Queue: class().tags(&[Tag::ThreadSafe]);
        LifoQueue PriorityQueue SimpleQueue: class().bases(&["queue.Queue"]).tags(&[Tag::ThreadSafe]);
    }
    "queue.Queue" {
        get join: WAITS.instead("`asyncio.Queue`");
        put_nowait get_nowait qsize empty full task_done put: function();
    }
    "multiprocessing" {
        Process: class().hands(&[Hand::at(1, Some("target"), Runner::Process)]);
        Queue JoinableQueue SimpleQueue: class().tags(&[Tag::ThreadSafe]);
        Pool: class().gives("multiprocessing.pool.Pool");
        Lock RLock: class().bases(&["threading.Lock"]).tags(&[Tag::Lock, Tag::ThreadSafe]);
        Event: class().bases(&["threading.Event"]);
        get_context Manager Pipe Value Array: function();
    }
    "multiprocessing.Process" { start is_alive terminate kill close: function(); join: WAITS; }
    "multiprocessing.Queue" { get: WAITS; put_nowait get_nowait put close: function(); join_thread: WAITS; }
    "multiprocessing.pool" { Pool: class(); }
    "multiprocessing.pool.Pool" {
        apply map starmap: blocking(Blocks::Thread).hands(&[Hand::at(0, Some("func"), Runner::Process)]);
        join: WAITS;
        apply_async map_async starmap_async imap imap_unordered: function().hands(&[Hand::at(0, Some("func"), Runner::Process)]);
        close terminate: function();
    }
    "concurrent.futures" {
        Executor: class();
        ThreadPoolExecutor: class().bases(&["concurrent.futures.Executor"]).resource("thread pool", &["shutdown"]);
        ProcessPoolExecutor: class().bases(&["concurrent.futures.Executor"]).resource("process pool", &["shutdown"]);
        Future: class();
        wait: WAITS.instead("`asyncio.wait` with `asyncio.wrap_future`");
        as_completed: function();
    }
    "concurrent.futures.Executor" {
        submit: function().gives("concurrent.futures.Future").hands(&[Hand::at(0, None, Runner::Thread)]);
        map: function().hands(&[Hand::at(0, None, Runner::Thread)]);
        shutdown: blocking(Blocks::Thread);
    }
    "concurrent.futures.ProcessPoolExecutor" {
        submit: function().gives("concurrent.futures.Future").hands(&[Hand::at(0, None, Runner::Process)]);
        map: function().hands(&[Hand::at(0, None, Runner::Process)]);
    }
    "concurrent.futures.Future" {
        result exception: WAITS.instead("`await asyncio.wrap_future(…)`");
        done cancelled running cancel set_result set_exception add_done_callback: function();
    }
    "anyio.to_thread" { run_sync: IN_THREAD; }
    "anyio.from_thread" { run run_sync: function(); }
    "asyncer" { asyncify: function().hands(&[Hand::at(0, Some("function"), Runner::Thread)]); syncify: function(); }
    "trio.to_thread" { run_sync: coroutine().hands(&[Hand::at(0, Some("sync_fn"), Runner::Thread)]); }
    "starlette.concurrency" { run_in_threadpool: IN_THREAD; iterate_in_threadpool: async_iterator(); }
    "starlette.background" { BackgroundTasks BackgroundTask: class(); }
    "asgiref.sync" {
        sync_to_async: function().hands(&[Hand::at(0, Some("func"), Runner::Thread)]);
        async_to_sync: function();
    }
    "homeassistant.core" {
        HomeAssistant: class().attributes(&[("loop", "asyncio.AbstractEventLoop")]);
        callback: decorator().decorated(Runner::Loop);
    }
    "homeassistant.core.HomeAssistant" {
        async_add_executor_job async_add_import_executor_job: future().hands(&[Hand::at(0, Some("target"), Runner::Thread)]);
        async_create_task async_create_background_task async_create_task_internal: future().gives("asyncio.Task").tags(&[Tag::MakesTask, Tag::KeepsTask, Tag::LoopOnly]);
        async_add_job async_run_job async_add_hass_job async_run_hass_job: function().tags(&[Tag::LoopOnly]);
        add_job create_task: function();
    }
    "homeassistant.config_entries" { ConfigEntry: class(); }
    "homeassistant.config_entries.ConfigEntry" {
        async_create_task async_create_background_task: future().gives("asyncio.Task").tags(&[Tag::MakesTask, Tag::KeepsTask, Tag::LoopOnly]);
    }
    "homeassistant.helpers.entity" { Entity: class(); }
    "homeassistant.helpers.entity.Entity" {
        async_write_ha_state async_schedule_update_ha_state: function().tags(&[Tag::LoopOnly]);
        schedule_update_ha_state: function();
    }
    "homeassistant.helpers.dispatcher" { async_dispatcher_send: function().tags(&[Tag::LoopOnly]); dispatcher_send: function(); }
    "homeassistant.util.async_" { run_callback_threadsafe: function().hands(&[Hand::at(1, None, Runner::Loop)]); }
    "builtins" {
        map filter: function().hands(&[Hand::at(0, None, Runner::Caller)]);
        sorted min max: function().hands(&[Hand::at(250, Some("key"), Runner::Caller)]);
    }
    "signal" { signal: function().hands(&[Hand::at(1, Some("handler"), Runner::Caller)]); pause sigwait: blocking(Blocks::Thread); }
    "atexit" { register: function(); }
};

pub(super) const ALIASES: &[(&str, &str)] = &[
    ("concurrent.futures.thread", "concurrent.futures"),
    ("concurrent.futures.process", "concurrent.futures"),
    ("concurrent.futures._base", "concurrent.futures"),
    ("multiprocessing.process.BaseProcess", "multiprocessing.Process"),
    ("multiprocessing.context.Process", "multiprocessing.Process"),
    ("multiprocessing.queues", "multiprocessing"),
    ("multiprocessing.pool.ThreadPool", "multiprocessing.pool.Pool"),
    ("fastapi.concurrency.run_in_threadpool", "starlette.concurrency.run_in_threadpool"),
    ("channels.db.database_sync_to_async", "asgiref.sync.sync_to_async"),
];
