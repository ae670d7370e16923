import asyncio
import os
import time


class Store:
    def __init__(self, client):
        self.client = client

    async def read(self, key):
        return await self.client.read(key)

    async def read_all(self, keys):
        return await asyncio.gather(*[self.client.read(key) for key in keys])

    async def listen(self):
        async with self.client.listen() as events:
            return events

    async def later(self, key):
        reading = self.client.later(key)
        return await asyncio.wait_for(reading, 5)

    async def parse(self, text):
        return os.path.basename(text)

    async def peek(self, key):
        return self.client.peek(key)

    async def refresh(self):
        def refresh():
            self.client.refresh()

        await asyncio.to_thread(refresh)

    async def wait(self):
        self.items.append(1)
        time.monotonic()

    async def start(self):
        await asyncio.to_thread(self._start)

    def _start(self):
        self.client.start()
