"""Without `aiofiles.os` in the file, calls of `os` are AW503."""

import os

import aiofiles


async def read(path):
    if os.path.exists(path):
        async with aiofiles.open(path) as file:
            return await file.read()
