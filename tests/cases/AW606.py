"""Files of aiofiles that stay open, and files that do not."""

from contextlib import AsyncExitStack

import aiofiles
import aiofiles.tempfile
from aiofiles import open as aopen


async def never_closed(path):
    file = await aiofiles.open(path)  # finding: AW606
    return await file.read()


async def closed_only_when_nothing_goes_wrong(path, text):
    file = await aopen(path, "w")  # finding: AW606
    await file.write(text)
    await file.close()


async def never_bound(path):
    return await (await aiofiles.open(path)).read()  # finding: AW606


async def temporary():
    file = await aiofiles.tempfile.NamedTemporaryFile("w")  # finding: AW606
    await file.write("x")


class Log:
    async def start(self, path):
        self._file = await aiofiles.open(path, "a")  # finding: AW606

    async def write(self, line):
        await self._file.write(line)


# Below every file is closed.


class ClosedLog:
    async def start(self, path):
        self._file = await aiofiles.open(path, "a")

    async def write(self, line):
        await self._file.write(line)

    async def stop(self):
        await self._file.close()


async def with_statements(path):
    async with aiofiles.open(path) as file, aopen(path, "w") as other:
        await other.write(await file.read())
    async with aiofiles.tempfile.TemporaryDirectory() as folder:
        print(folder)
    async with await aiofiles.open(path) as file:
        return await file.read()


async def closed_in_the_end(path):
    file = await aiofiles.open(path)
    try:
        return await file.read()
    finally:
        await file.close()


async def given_to_a_stack(paths):
    async with AsyncExitStack() as stack:
        files = [await stack.enter_async_context(aiofiles.open(path)) for path in paths]
        return [await file.read() for file in files]


async def returned(path):
    return await aiofiles.open(path)


async def on_the_disk(path):
    file = open(path)
    return file
