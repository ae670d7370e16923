//! Files: builtins, io, os, os.path, shutil, pathlib, tempfile, archives, and the asynchronous file libraries.

use super::Groups;
use crate::python::library::*;

const DISK: Fact<'static> = blocking(Blocks::File);
const OPEN: Fact<'static> = DISK.instead("`aiofiles.open`").resource("file", &["close"]);
const TEXT: Fact<'static> = OPEN.gives("io.TextIOWrapper");
const BYTES: Fact<'static> = OPEN.gives("io.BufferedReader");
const PATH: Fact<'static> = function().gives("pathlib.Path");
const METADATA: Fact<'static> = DISK.cheap();
const ARCHIVE: Fact<'static> = DISK.instead("`asyncio.to_thread`");
/// Reads or writes a whole archive: more work for the processor than for the disk.
const PACK: Fact<'static> =
    blocking(Blocks::Cpu).tags(&[Tag::ReleasesGil]).instead("`asyncio.to_thread`");
const ASYNC_FILE: Fact<'static> =
    awaitable_context().gives("aiofiles.AsyncFile").async_resource("file", &["close"]);
const ASYNC_DISK: Fact<'static> = coroutine();

pub(super) const FACTS: Groups = facts! {
    "builtins" { open: TEXT; }
    "io" {
        open_code: BYTES;
        FileIO: class().blocks(Blocks::File).instead("`aiofiles.open`").bases(&["io.IOBase"]);
        IOBase: class();
        BytesIO StringIO: class();
        TextIOWrapper BufferedReader BufferedWriter BufferedRandom RawIOBase: class().bases(&["io.IOBase"]);
    }
    "io.IOBase" {
        read readline readlines readinto read1 write writelines flush truncate any_other: DISK.instead("`aiofiles`");
        close seek tell fileno isatty readable writable seekable detach reconfigure getvalue getbuffer: function();
    }
    "codecs" { open: TEXT; }
    "gzip" { open: BYTES.instead("`asyncio.to_thread`"); }
    "bz2" { open: BYTES.instead("`asyncio.to_thread`"); }
    "lzma" { open: BYTES.instead("`asyncio.to_thread`"); }
    "fileinput" { input: OPEN; }
    "linecache" { getline getlines: DISK; }
    "mmap" { mmap: DISK; }
    "json" { load dump: function(); }
    "os" {
        open: DISK;
        // The file is open already; what is read from it may still wait.
        fdopen: TEXT.cheap();
        read write pread pwrite readv writev fsync fdatasync sendfile truncate ftruncate copy_file_range: DISK;
        listdir scandir: DISK.instead("`aiofiles.os`");
        walk fwalk: DISK;
        makedirs removedirs renames: DISK.instead("`aiofiles.os`");
        mkdir rmdir remove unlink rename replace symlink link mkfifo mknod: DISK.instead("`aiofiles.os`");
        utime chmod chown lchmod lchown: METADATA;
        stat lstat statvfs access readlink: METADATA;
        getenv getpid getppid urandom fspath fsencode fsdecode kill close dup pipe: function();
    }
    "os.path" {
        exists isfile isdir islink ismount lexists getsize getmtime getatime getctime samefile sameopenfile realpath: METADATA;
        join dirname basename split splitext splitdrive normpath normcase expandvars expanduser isabs commonpath commonprefix: function();
        abspath relpath: METADATA;
    }
    "shutil" {
        copy copy2 copyfile copyfileobj copytree copymode copystat move rmtree: DISK;
        make_archive unpack_archive: PACK;
        disk_usage chown which: METADATA;
        get_terminal_size ignore_patterns: function();
    }
    "pathlib" {
        PurePath: class();
        Path: class().bases(&["pathlib.PurePath"]).attributes(&[("parent", "pathlib.Path")]);
    }
    "pathlib.PurePath" { is_absolute is_relative_to as_posix as_uri match full_match: function(); }
    "pathlib.Path" {
        __truediv__ joinpath with_suffix with_name with_stem relative_to absolute expanduser home cwd: PATH;
        open: TEXT.instead("`aiofiles.open`");
        read_text read_bytes write_text write_bytes: DISK.instead("`aiofiles` or `anyio.Path`");
        mkdir unlink rmdir touch symlink_to hardlink_to link_to: DISK;
        rename replace copy move copy_into move_into: DISK.gives("pathlib.Path");
        iterdir glob rglob walk: DISK.items("pathlib.Path");
        exists is_file is_dir is_symlink is_mount is_socket is_fifo is_block_device is_char_device: METADATA;
        stat lstat owner group samefile chmod lchmod: METADATA;
        resolve readlink: METADATA.gives("pathlib.Path");
    }
    "glob" { glob: DISK; iglob: DISK; escape: function(); }
    "tempfile" {
        NamedTemporaryFile TemporaryFile: OPEN.gives("io.BufferedRandom").instead("`aiofiles.tempfile`");
        SpooledTemporaryFile: function().gives("io.BytesIO");
        TemporaryDirectory: DISK.enters("builtins.str").instead("`aiofiles.tempfile.TemporaryDirectory`");
        mkstemp mkdtemp: DISK;
        gettempdir mktemp: function();
    }
    "zipfile" {
        ZipFile: class().blocks(Blocks::File).instead("`asyncio.to_thread`");
        is_zipfile: METADATA;
        ZipInfo: class();
    }
    "zipfile.ZipFile" {
        extractall testzip: PACK;
        extract read write writestr: ARCHIVE;
        open: ARCHIVE.gives("io.BufferedReader");
        namelist infolist getinfo close printdir: function();
    }
    "tarfile" { open: DISK.gives("tarfile.TarFile").instead("`asyncio.to_thread`"); TarFile: class().blocks(Blocks::File).instead("`asyncio.to_thread`"); is_tarfile: METADATA; }
    "tarfile.TarFile" { extractall: PACK; extract add addfile next getmembers getnames: ARCHIVE; close: function(); }
    "shelve" { open: DISK; }
    "dbm" { open: DISK; }
    "dbm.gnu" { open: DISK; }
    "fsspec" { open: function().gives("fsspec.OpenFile").enters("io.BufferedRandom"); OpenFile: class().enters("io.BufferedRandom"); }
    "aiofiles" { open: ASYNC_FILE; AsyncFile: class(); }
    "aiofiles.AsyncFile" { read readline readlines readinto write writelines flush truncate seek tell close peek read1 fileno: coroutine(); }
    "aiofiles.os" {
        rename renames replace remove unlink mkdir makedirs rmdir removedirs stat statvfs sendfile listdir scandir link symlink readlink access getcwd: ASYNC_DISK;
    }
    "aiofiles.os.path" { exists isfile isdir islink ismount getsize getmtime getatime getctime samefile sameopenfile abspath: ASYNC_DISK; }
    "aiofiles.tempfile" { NamedTemporaryFile TemporaryFile SpooledTemporaryFile: ASYNC_FILE; TemporaryDirectory: async_context().enters("builtins.str"); }
    "aioshutil" { copy copy2 copyfile copytree move rmtree make_archive unpack_archive disk_usage: ASYNC_DISK; }
};

pub(super) const ALIASES: &[(&str, &str)] = &[
    ("io.open", "builtins.open"),
    ("_io", "io"),
    ("posixpath", "os.path"),
    ("ntpath", "os.path"),
    ("pathlib.PosixPath", "pathlib.Path"),
    ("pathlib.WindowsPath", "pathlib.Path"),
    ("pathlib.PurePosixPath", "pathlib.PurePath"),
    ("pathlib.PureWindowsPath", "pathlib.PurePath"),
    ("pathlib._local", "pathlib"),
    ("aiofiles.ospath", "aiofiles.os.path"),
    ("aiofiles.base", "aiofiles"),
    ("aiofiles.threadpool.open", "aiofiles.open"),
    ("zipfile.PyZipFile", "zipfile.ZipFile"),
    ("tarfile.TarFile.open", "tarfile.open"),
];
