//! anyio and trio.

use super::Groups;
use crate::python::library::*;

const ASYNC_PATH: Fact<'static> = coroutine();

pub(super) const FACTS: Groups = facts! {
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
        AsyncFile Event: class();
        Lock Condition: class().tags(&[Tag::Lock]);
        Semaphore CapacityLimiter: class().tags(&[Tag::Limits]);
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
        run_process open_tcp_stream open_ssl_over_tcp_stream open_unix_socket: coroutine();
        open_tcp_listeners open_ssl_over_tcp_listeners serve_tcp serve_ssl_over_tcp serve_listeners: coroutine();
        open_file: coroutine();
        fail_after move_on_after fail_at move_on_at: function().tags(&[Tag::Bounds]);
        open_nursery: async_context().gives("trio.Nursery");
        CancelScope Nursery: class();
        Path: class().bases(&["pathlib.PurePath"]);
        Event: class();
        Lock Condition: class().tags(&[Tag::Lock]);
        Semaphore CapacityLimiter: class().tags(&[Tag::Limits]);
        wrap_file: function();
    }
    "trio.lowlevel" {
        checkpoint cancel_shielded_checkpoint checkpoint_if_cancelled: coroutine();
        wait_readable wait_writable wait_task_rescheduled open_process: coroutine();
        permanently_detach_coroutine_object temporarily_detach_coroutine_object reattach_detached_coroutine_object: coroutine();
    }
    "trio.Nursery" { start: coroutine(); start_soon: function(); }
    "trio.Event" { wait: coroutine(); set is_set: function(); }
    "trio.Lock" { acquire: coroutine(); acquire_nowait release: function(); }
    "trio.Semaphore" { acquire: coroutine(); acquire_nowait release: function(); }
    "trio.Path" {
        read_text read_bytes write_text write_bytes mkdir unlink rmdir touch rename replace exists is_file is_dir is_symlink stat lstat resolve absolute open iterdir glob rglob: ASYNC_PATH;
        __truediv__ joinpath with_suffix with_name with_stem relative_to: function().gives("trio.Path");
    }
};

pub(super) const ALIASES: &[(&str, &str)] = &[("anyio._core._fileio.Path", "anyio.Path")];
