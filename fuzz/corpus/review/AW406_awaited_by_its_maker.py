"""Tasks that are cancelled from elsewhere, and awaited by whoever has made them or by nobody."""

import asyncio
import uuid


class Reader:
    def __init__(self):
        self.pending = {}
        self.loose = {}
        self.queue = asyncio.Queue(maxsize=10)

    async def next(self):
        name = str(uuid.uuid4())
        try:
            task = asyncio.create_task(self.queue.get(), name=name)
            self.pending[name] = task
            return await task
        finally:
            self.pending.pop(name, None)

    def start(self, name):
        task = asyncio.create_task(self.queue.get(), name=name)
        self.loose[name] = task

    async def close(self):
        for task in self.pending.values():
            task.cancel()
        for task in self.loose.values():
            task.cancel()  # finding: AW406
