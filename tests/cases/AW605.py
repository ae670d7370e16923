"""`os` beside `aiofiles.os`."""

import asyncio
import os
import os.path
from os.path import getsize

import aiofiles
import aiofiles.os


async def mixed(path):
    await aiofiles.os.makedirs("x", exist_ok=True)
    if not os.path.isdir(path):  # finding: AW605
        os.mkdir(path)  # finding: AW605
    size = getsize(path)  # finding: AW605
    modified = os.stat(path).st_mtime  # finding: AW605
    return size, modified


# Below nothing is asked on the loop that `aiofiles.os` could be asked as well, or it is another rule's.


async def consistent(path):
    if await aiofiles.os.path.exists(path):
        async with aiofiles.open(path) as file:
            return await file.read()


async def joined(path):
    return os.path.join(path, "x"), os.getpid(), os.chmod(path, 0o600)


async def opened(path):
    with open(path) as file:
        return file.read()


async def in_a_thread(path):
    return await asyncio.to_thread(os.path.exists, path)


def synchronous(path):
    return os.path.exists(path)
