//! anyio and trio.

use crate::python::library::*;

const ASYNC_PATH: Fact = coroutine();

pub(super) const FACTS: &[(&str, Fact)] = facts! {
    "anyio" {
        sleep sleep_forever sleep_until: coroutine();
        run: function().tags(&[Tag::RunsLoop]);
        run_process open_process: coroutine();
        open_file: coroutine().gives("anyio.AsyncFile");
        connect_tcp connect_unix: coroutine();
        create_tcp_listener create_unix_listener create_udp_socket getaddrinfo getnameinfo: coroutine();
        wait_socket_readable wait_socket_writable: coroutine();
        fail_after move_on_after: function().tags(&[Tag::Bounds]);
        create_task_group: async_context().gives("anyio.abc.TaskGroup");
        CancelScope: class();
        Path: class().bases(&["pathlib.PurePath"]);
        AsyncFile Event Lock Semaphore Condition CapacityLimiter: class();
        create_memory_object_stream current_time get_cancelled_exc_class: function();
        wrap_file: function().gives("anyio.AsyncFile");
    }
    "anyio.lowlevel" { checkpoint cancel_shielded_checkpoint checkpoint_if_cancelled: coroutine(); }
    "anyio.abc" { TaskGroup: class(); }
    "anyio.abc.TaskGroup" { start: coroutine(); start_soon: function(); }
    "anyio.Event" { wait: coroutine(); set is_set: function(); }
    "anyio.Lock" { acquire: coroutine(); acquire_nowait release: function(); }
    "anyio.Semaphore" { acquire: coroutine(); release: function(); }
    "anyio.AsyncFile" { read readline readlines write writelines flush truncate seek tell aclose: coroutine(); }
    "anyio.Path" {
        read_text read_bytes write_text write_bytes mkdir unlink rmdir touch rename replace exists is_file is_dir is_symlink stat lstat resolve absolute: ASYNC_PATH;
        open: coroutine().gives("anyio.AsyncFile");
        iterdir glob rglob: async_iterator();
        __truediv__ joinpath with_suffix with_name with_stem relative_to: function().gives("anyio.Path");
    }
    "trio" {
        sleep sleep_forever sleep_until aclose_forcefully: coroutine();
        run: function().tags(&[Tag::RunsLoop]);
        run_process open_tcp_stream open_file serve_tcp: coroutine();
        fail_after move_on_after fail_at move_on_at: function().tags(&[Tag::Bounds]);
        open_nursery: async_context();
        CancelScope Path: class();
        wrap_file: function();
    }
    "trio.lowlevel" { checkpoint cancel_shielded_checkpoint: coroutine(); }
};

pub(super) const ALIASES: &[(&str, &str)] = &[("anyio._core._fileio.Path", "anyio.Path")];
