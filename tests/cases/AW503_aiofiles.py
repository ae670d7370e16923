"""In a file that uses `aiofiles.os`, what `aiofiles.os` has as well is AW605; longer work stays here."""

import os
import shutil

import aiofiles.os


async def mixed(path):
    await aiofiles.os.remove(path)
    if os.path.exists(path):
        os.remove(path)
    shutil.rmtree(path)  # finding: AW503
    with open(path) as file:  # finding: AW503
        return file.read()  # finding: AW503
