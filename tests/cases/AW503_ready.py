"""Files that the loop watches, and one repair for one opening."""

import asyncio
import os


class Tunnel:
    def __init__(self, path):
        self.file = open(path, "r+b", buffering=0)
        os.set_blocking(self.file.fileno(), False)
        asyncio.get_running_loop().add_reader(self.file.fileno(), self.on_ready)

    def on_ready(self):
        self.on_data(self.file.read(65536))  # doubtful: AW503

    def on_data(self, data): ...


async def not_watched(path):
    file = open(path, "rb")  # finding: AW503
    return file


async def at_once(path):
    return (
        open(path)  # finding: AW503
        .read()
    )


import glob


class Folder:
    async def entries(self, pattern):
        return [name for name in self.lazily(pattern)]

    def lazily(self, pattern):
        return glob.iglob(pattern)


async def given_on(pattern):
    return glob.iglob(pattern)  # doubtful: AW503
