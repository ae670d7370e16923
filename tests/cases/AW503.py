"""File work on the loop, and what only looks like it."""

import asyncio
import builtins
import codecs
import io
import os
import os.path
import pathlib
import shutil
import tempfile
import zipfile
from io import TextIOWrapper
from os import path as p
from pathlib import Path
from pathlib import Path as P
from typing import Optional

import aiofiles
import anyio
from anyio import Path as AsyncPath

ROOT = Path("data")


async def opening(name):
    open(name)  # finding: AW503
    builtins.open(name)  # finding: AW503
    io.open(name)  # finding: AW503
    io.open_code(name)  # finding: AW503
    os.open(name, os.O_RDONLY)  # finding: AW503
    os.fdopen(3)  # finding: AW503
    codecs.open(name)  # finding: AW503
    with open(name):  # finding: AW503
        pass
    with foo(), open(name):  # finding: AW503
        pass
    return open(name).read()  # finding: AW503


async def handles(name):
    with open(name) as f:  # finding: AW503
        f.read()  # finding: AW503
        f.readlines()  # finding: AW503
        for line in f:
            print(line)
    g = open(name, "w")  # finding: AW503
    g.write("x")  # finding: AW503
    h = g
    h.flush()  # finding: AW503
    with Path(name).open() as k:  # finding: AW503
        k.readline()  # finding: AW503


async def annotated_handles(f: io.TextIOWrapper, b: io.BufferedReader, t: TextIOWrapper | None, o: Optional[io.BufferedWriter] = None):
    f.read()  # finding: AW503
    b.read(10)  # finding: AW503
    t.write("x")  # finding: AW503
    o.flush()  # finding: AW503


async def pathlib_methods(path: Path, maybe: Optional[Path], union: pathlib.Path | None):
    path.read_text()  # finding: AW503
    path.write_bytes(b"")  # finding: AW503
    path.mkdir(parents=True)  # finding: AW503
    path.unlink()  # finding: AW503
    path.touch()  # finding: AW503
    path.exists()  # finding: AW503
    maybe.read_bytes()  # finding: AW503
    union.stat()  # finding: AW503
    Path("a").read_text()  # finding: AW503
    P("a").open()  # finding: AW503
    pathlib.Path("a").is_file()  # finding: AW503
    (path / "b").read_text()  # finding: AW503
    (ROOT / "a" / "b").write_text("x")  # finding: AW503
    path.parent.mkdir()  # finding: AW503
    path.with_suffix(".x").unlink()  # finding: AW503
    ROOT.exists()  # finding: AW503
    target = ROOT / "c"
    target.rename("d")  # finding: AW503
    Path.home().joinpath("x").read_text()  # finding: AW503
    list(path.glob("*"))  # finding: AW503
    for child in path.iterdir():  # finding: AW503
        print(child)
    one, two = Path("a"), Path("b")
    one.read_text()  # finding: AW503
    return two


async def os_calls(a, b):
    os.remove(a)  # finding: AW503
    os.rename(a, b)  # finding: AW503
    os.makedirs(a)  # finding: AW503
    os.listdir(a)  # finding: AW503
    os.scandir(a)  # finding: AW503
    os.path.exists(a)  # finding: AW503
    p.isfile(a)  # finding: AW503
    os.path.getsize(a)  # finding: AW503
    os.stat(a)  # finding: AW503
    for root, dirs, files in os.walk(a):  # finding: AW503
        print(root, dirs, files)
    shutil.copyfile(a, b)  # finding: AW503
    shutil.rmtree(a)  # finding: AW503
    shutil.move(a, b)  # finding: AW503


async def temporary_files():
    with tempfile.NamedTemporaryFile() as f:  # finding: AW503
        f.write(b"x")  # finding: AW503
    with tempfile.TemporaryDirectory() as folder:  # finding: AW503
        print(folder)


class Store:
    def __init__(self, root: Path):
        self.root = root
        self.log = open("log", "a")

    async def save(self, name, body):
        (self.root / name).write_bytes(body)  # finding: AW503
        self.log.write(name)  # finding: AW503

    def save_in_a_thread(self, name, body):
        (self.root / name).write_bytes(body)


# Nothing below touches the disk from the loop.


def synchronous(name):
    with open(name) as f:
        return f.read()


async def asynchronous_files(name, path: AsyncPath):
    async with aiofiles.open(name) as f:
        await f.read()
    async with await anyio.open_file(name) as g:
        await g.write("x")
    await path.read_text()
    await anyio.Path(name).exists()
    await AsyncPath(name).exists()


async def in_threads(name, path: Path):
    loop = asyncio.get_running_loop()
    await asyncio.to_thread(path.read_text)
    await loop.run_in_executor(None, path.unlink)
    await asyncio.to_thread(lambda: open(name).read())

    def work():
        with open(name) as f:
            return f.read()

    return await asyncio.to_thread(work)


async def only_names(path: Path):
    path.is_absolute()
    path.as_posix()
    path.with_suffix(".x")
    path.relative_to("a")
    path.joinpath("b")
    str(path / "c")
    os.path.join("a", "b")
    os.path.dirname("a")
    os.path.basename("a")
    os.path.splitext("a")
    os.getpid()
    os.environ.get("A")
    os.getenv("A")
    os.fspath(path)
    return path.name, path.suffix


async def wrapped(name):
    async with anyio.wrap_file(open(name)) as f:
        await f.read()


async def in_memory(body):
    buffer = io.BytesIO(body)
    buffer.read()
    text = io.StringIO()
    text.write("x")
    return text.getvalue()


class Door:
    def open(self):
        pass

    def read(self):
        pass


async def other_things_that_open(door: Door, reader):
    Door().open()
    door.open()
    door.read()
    reader.read()

    def open():
        pass

    open()


async def shadowed(open, os, shutil):
    open("x")
    os.remove("x")
    shutil.move("a", "b")


async def streams(reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
    writer.write(await reader.read())


def foo():
    return Door()


async def archives_in_memory(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.read("x")
    buffer = io.BytesIO()
    out = zipfile.ZipFile(buffer, "w")
    out.writestr("x", data)
    shutil.copyfileobj(buffer, io.BytesIO())
    with zipfile.ZipFile("x.zip") as other:  # finding: AW503
        return other.namelist()


async def what_never_waits(loop, fd):
    os.open(os.devnull, os.O_RDONLY)
    os.open("/etc/hosts", os.O_RDONLY)  # finding: AW503

    def readable():
        return os.read(fd, 1024)

    loop.add_reader(fd, readable)
    try:
        return os.read(fd, 10)
    except BlockingIOError:
        return os.read(fd, 10)  # finding: AW503


async def through_a_file_system(path, data):
    import fsspec

    with fsspec.open(path, mode="wb") as file:
        file.write(data)  # finding: AW503
    opened = fsspec.open(path)
    return opened.path
