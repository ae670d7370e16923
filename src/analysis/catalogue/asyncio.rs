//! asyncio.

use super::Groups;
use crate::python::library::*;

/// Not safe to call from another thread.
const ON_LOOP: Fact<'static> = function().tags(&[Tag::LoopOnly]);
const HANDLE: Fact<'static> = ON_LOOP.gives("asyncio.Handle");
const NEW_TASK: Fact<'static> =
    future().gives("asyncio.Task").tags(&[Tag::MakesTask, Tag::LoopOnly]);
const LOCK: Fact<'static> = class().tags(&[Tag::Lock]);

pub(super) const FACTS: Groups = facts! {
    "asyncio" {
        sleep: coroutine();
        wait_for: coroutine().tags(&[Tag::Bounds]).timeouts(&["timeout"]).timeout_at(1);
        wait: coroutine().timeouts(&["timeout"]);
        gather: future().tags(&[Tag::Gathers]);
        shield: future().tags(&[Tag::Shields]);
        as_completed: function().timeouts(&["timeout"]);
        create_task ensure_future: NEW_TASK;
        run_coroutine_threadsafe: function().gives("concurrent.futures.Future").tags(&[Tag::MakesTask]);
        wrap_future: future().gives("asyncio.Future");
        to_thread: coroutine().hands(&[Hand::at(0, Some("func"), Runner::Thread)]);
        run: function().tags(&[Tag::RunsLoop]);
        timeout timeout_at: async_context().gives("asyncio.Timeout").tags(&[Tag::Bounds]);
        open_connection: coroutine().gives("(asyncio.StreamReader, asyncio.StreamWriter)").hangs(Hangs::Network);
        open_unix_connection: coroutine().gives("(asyncio.StreamReader, asyncio.StreamWriter)");
        start_server start_unix_server: coroutine().gives("asyncio.Server").hands(&[Hand::at(0, Some("client_connected_cb"), Runner::Loop).awaits()]);
        create_subprocess_exec create_subprocess_shell: coroutine().gives("asyncio.subprocess.Process");
        get_event_loop get_running_loop new_event_loop: function().gives("asyncio.AbstractEventLoop");
        set_event_loop get_event_loop_policy set_event_loop_policy iscoroutine iscoroutinefunction isfuture: function();
        current_task: function().gives("asyncio.Task");
        all_tasks: function().items("asyncio.Task");
        coroutine: function();
        Runner: class().resource("event loop runner", &["close"]);
        TaskGroup: class();
        Timeout: class();
        Barrier Event: class();
        Lock Condition: LOCK;
        Semaphore: class().tags(&[Tag::Limits]);
        BoundedSemaphore: class().bases(&["asyncio.Semaphore"]).tags(&[Tag::Limits]);
        Queue: class();
        PriorityQueue LifoQueue: class().bases(&["asyncio.Queue"]);
        Future: class();
        Task: class().bases(&["asyncio.Future"]);
        Handle: class();
        TimerHandle: class().bases(&["asyncio.Handle"]);
        StreamReader StreamReaderProtocol: class();
        StreamWriter: class().resource("connection", &["close"]);
        Server: class().async_resource("server", &["close"]);
        AbstractServer: class();
        BaseProtocol: class();
        Protocol BufferedProtocol DatagramProtocol SubprocessProtocol: class().bases(&["asyncio.BaseProtocol"]);
        AbstractEventLoop: class();
        BaseTransport: class();
        Transport DatagramTransport: class().bases(&["asyncio.BaseTransport"]);
    }
    "asyncio.Runner" {
        run: function().tags(&[Tag::RunsLoop]);
        get_loop: function().gives("asyncio.AbstractEventLoop");
        close: function();
    }
    "asyncio.TaskGroup" {
        create_task: future().gives("asyncio.Task").tags(&[Tag::MakesTask, Tag::KeepsTask, Tag::LoopOnly]);
    }
    "asyncio.Timeout" { reschedule when expired: function(); }
    "asyncio.Lock" { acquire: coroutine(); release: ON_LOOP; locked: function(); }
    "asyncio.Semaphore" { acquire: coroutine(); release: ON_LOOP; locked: function(); }
    "asyncio.Condition" {
        acquire wait wait_for: coroutine();
        release notify notify_all: ON_LOOP;
        locked: function();
    }
    "asyncio.Event" { wait: coroutine(); set clear: ON_LOOP; is_set: function(); }
    "asyncio.Barrier" { wait reset abort: coroutine(); }
    "asyncio.Queue" {
        get put join: coroutine();
        get_nowait put_nowait task_done shutdown: ON_LOOP;
        qsize empty full: function();
    }
    "asyncio.Future" {
        result exception done cancelled get_loop: function();
        set_result set_exception remove_done_callback: ON_LOOP;
        cancel: function().tags(&[Tag::Cancels, Tag::LoopOnly]);
        add_done_callback: ON_LOOP.hands(&[Hand::at(0, None, Runner::Loop)]);
    }
    "asyncio.Task" { uncancel cancelling get_name set_name get_coro get_stack print_stack get_context: function(); }
    "asyncio.Handle" { cancel: ON_LOOP; cancelled: function(); }
    "asyncio.StreamReader" {
        read readline readexactly readuntil: coroutine().hangs(Hangs::Network);
        at_eof feed_data feed_eof exception set_exception: function();
    }
    "asyncio.StreamWriter" {
        drain wait_closed start_tls: coroutine();
        write writelines close write_eof: ON_LOOP;
        is_closing can_write_eof get_extra_info: function();
    }
    "asyncio.Server" {
        serve_forever start_serving wait_closed: coroutine();
        close close_clients abort_clients: ON_LOOP;
        get_loop is_serving: function();
    }
    "asyncio.AbstractServer" { serve_forever start_serving wait_closed: coroutine(); close: function(); }
    "asyncio.subprocess" { Process: class().attributes(&[("stdout", "asyncio.subprocess.PipeReader"), ("stderr", "asyncio.subprocess.PipeReader"), ("stdin", "asyncio.StreamWriter")]); PipeReader: class(); }
    "asyncio.subprocess.Process" {
        wait communicate: coroutine().hangs(Hangs::Other);
        terminate kill send_signal: function();
    }
    "asyncio.subprocess.PipeReader" {
        read readline readexactly readuntil: coroutine().hangs(Hangs::Other);
        at_eof: function();
    }
    "asyncio.BaseTransport" {
        close abort write writelines write_eof sendto pause_reading resume_reading: ON_LOOP;
        is_closing get_extra_info set_protocol get_protocol set_write_buffer_limits get_write_buffer_size: function();
    }
    "asyncio.AbstractEventLoop" {
        run_until_complete run_forever: function().tags(&[Tag::RunsLoop]);
        create_task: NEW_TASK;
        create_future: future().gives("asyncio.Future").tags(&[Tag::LoopOnly]);
        call_soon: HANDLE.hands(&[Hand::at(0, Some("callback"), Runner::Loop)]);
        call_soon_threadsafe: function().gives("asyncio.Handle").hands(&[Hand::at(0, Some("callback"), Runner::Loop)]);
        call_later call_at: HANDLE.gives("asyncio.TimerHandle").hands(&[Hand::at(1, Some("callback"), Runner::Loop)]);
        add_reader add_writer add_signal_handler: ON_LOOP.hands(&[Hand::at(1, Some("callback"), Runner::Loop)]);
        set_exception_handler: function().hands(&[Hand::at(0, None, Runner::Loop)]);
        run_in_executor: future().tags(&[Tag::LoopOnly]).hands(&[Hand::at(1, Some("func"), Runner::Thread)]);
        sock_recv sock_recv_into sock_recvfrom sock_recvfrom_into sock_accept sock_connect: coroutine().hangs(Hangs::Network);
        sock_sendall sock_sendto sock_sendfile: coroutine();
        getaddrinfo getnameinfo: coroutine();
        create_connection create_datagram_endpoint create_unix_connection: coroutine();
        create_server create_unix_server: coroutine().gives("asyncio.Server");
        connect_accepted_socket connect_read_pipe connect_write_pipe start_tls sendfile: coroutine();
        subprocess_exec subprocess_shell shutdown_asyncgens shutdown_default_executor: coroutine();
        stop remove_reader remove_writer remove_signal_handler: ON_LOOP;
        time is_running is_closed close set_debug get_debug get_task_factory: function();
        set_default_executor call_exception_handler default_exception_handler get_exception_handler set_task_factory: function();
    }
    "uvloop" { run: function().tags(&[Tag::RunsLoop]); new_event_loop: function().gives("asyncio.AbstractEventLoop"); install: function(); }
    "nest_asyncio" { apply: function(); }
    "async_timeout" { timeout timeout_at: async_context().tags(&[Tag::Bounds]); }
    "contextlib" {
        AsyncExitStack: class().async_resource("exit stack", &["aclose"]);
        ExitStack: class();
        asynccontextmanager contextmanager: decorator();
        closing aclosing: function().tags(&[Tag::Closes]);
        suppress: function().tags(&[Tag::Suppresses]);
    }
    "contextlib.AsyncExitStack" {
        enter_async_context: coroutine().tags(&[Tag::Closes]);
        aclose: coroutine();
        enter_context push push_async_exit push_async_callback callback: function().tags(&[Tag::Closes]);
    }
    "contextlib.ExitStack" { enter_context push callback: function().tags(&[Tag::Closes]); }
};

pub(super) const ALIASES: &[(&str, &str)] = &[
    ("asyncio.tasks", "asyncio"),
    ("asyncio.events", "asyncio"),
    ("asyncio.futures", "asyncio"),
    ("asyncio.locks", "asyncio"),
    ("asyncio.queues", "asyncio"),
    ("asyncio.runners", "asyncio"),
    ("asyncio.streams", "asyncio"),
    ("asyncio.taskgroups", "asyncio"),
    ("asyncio.timeouts", "asyncio"),
    ("asyncio.threads", "asyncio"),
    ("asyncio.transports", "asyncio"),
    ("asyncio.protocols", "asyncio"),
    ("asyncio.base_events.BaseEventLoop", "asyncio.AbstractEventLoop"),
    ("asyncio.base_events.Server", "asyncio.Server"),
    ("asyncio.base_events", "asyncio"),
    ("asyncio.BaseEventLoop", "asyncio.AbstractEventLoop"),
    ("asyncio.SelectorEventLoop", "asyncio.AbstractEventLoop"),
    ("asyncio.ProactorEventLoop", "asyncio.AbstractEventLoop"),
    ("asyncio.unix_events.SelectorEventLoop", "asyncio.AbstractEventLoop"),
    ("asyncio.events.AbstractEventLoop", "asyncio.AbstractEventLoop"),
    ("asyncio.subprocess.create_subprocess_exec", "asyncio.create_subprocess_exec"),
    ("asyncio.subprocess.create_subprocess_shell", "asyncio.create_subprocess_shell"),
    ("uvloop.Loop", "asyncio.AbstractEventLoop"),
    ("async_timeout.Timeout", "async_timeout.timeout"),
];
