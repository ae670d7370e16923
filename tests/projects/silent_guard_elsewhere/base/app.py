import asyncio
import threading


class Store:
    def __init__(self, worker, loop):
        self._worker = worker
        self._loop = loop
        self._lock = asyncio.Lock()
        self._state_lock = asyncio.Lock()

    async def load(self, key):
        async with self._lock:
            return await self._worker.load(key)

    async def both(self, keys):
        return [await self.load(key) for key in keys]

    async def save(self, key, value):
        async with self._lock:
            await self._worker.save(key, value)

    async def count(self):
        async with self._lock:
            self._worker.count += 1

    async def on_message(self, message):
        self._loop.call_soon_threadsafe(self._worker.deliver, message)

    async def shut(self, clock):
        async with clock:
            await self._worker.shut(clock)
