"""Containers that are changed in place, and readers that own what they collect."""

import asyncio


class Cache:
    def __init__(self):
        self.installed = set()
        self.drives = {}
        self.buffer = b""
        self.total = 0

    async def load(self):
        self.installed |= await self.ask()  # doubtful: AW111

    async def count(self):
        self.total += await self.ask()  # finding: AW111

    async def refresh(self, names):
        self.drives = {name: self.drives[name] if name in self.drives else await self.ask() for name in names}  # doubtful: AW111

    async def read(self, size):
        while len(self.buffer) < size:
            self.buffer += await self.make_chunk()  # doubtful: AW111
        return self.buffer

    async def ask(self):
        await asyncio.sleep(0)
        return set()

    async def make_chunk(self):
        await asyncio.sleep(0)
        return b"a"
