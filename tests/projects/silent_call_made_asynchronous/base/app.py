import asyncio
import os
import time


class Store:
    def __init__(self, client):
        self.client = client

    async def read(self, key):
        return await asyncio.to_thread(self.client.read, key)

    async def read_all(self, keys):
        return [await asyncio.to_thread(self.client.read, key) for key in keys]

    async def listen(self):
        async with await asyncio.to_thread(self.client.listen) as events:
            return events

    async def later(self, key):
        return await asyncio.to_thread(self.client.later, key)

    async def parse(self, text):
        return await asyncio.to_thread(os.path.basename, text)

    async def peek(self, key):
        if key in self.client.hot:
            return self.client.peek(key)
        return await asyncio.to_thread(self.client.peek, key)

    async def refresh(self):
        await asyncio.to_thread(self.client.refresh)

    async def wait(self):
        def nap():
            self.items.append(1)
            time.monotonic()

        await asyncio.to_thread(nap)

    async def start(self):
        await asyncio.to_thread(self.client.start)
