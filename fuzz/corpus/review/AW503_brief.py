"""Calls that change an entry of a folder, and those that take longer."""

import io
import os
import shutil
import tempfile
from pathlib import Path


async def entries(path: Path):
    path.mkdir(exist_ok=True)  # doubtful: AW503
    path.unlink()  # doubtful: AW503
    os.makedirs(path, exist_ok=True)  # doubtful: AW503
    os.remove(path)  # doubtful: AW503
    tempfile.mkstemp()  # doubtful: AW503


async def contents(path: Path):
    path.read_text()  # finding: AW503
    shutil.rmtree(path)  # finding: AW503
    os.listdir(path)  # finding: AW503


async def save(file, data):
    if isinstance(file, io.BufferedIOBase):
        file.write(data)  # doubtful: AW503


async def walks(path: Path, in_thread):
    entries = path.iterdir()  # doubtful: AW503
    return await in_thread(next, entries)


async def walks_itself(path: Path):
    entries = path.iterdir()  # finding: AW503
    for entry in entries:
        print(entry)
