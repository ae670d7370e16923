"""Opens files for other files."""

import aiofiles


async def journal(path):
    return await aiofiles.open(path, "a")


def opened(path):
    return aiofiles.open(path)
