import asyncio
import threading


class Compressor:
    def __init__(self, worker, loop):
        self._worker = worker
        self._loop = loop
        self._compress_lock = asyncio.Lock()
        self._thread_lock = threading.Lock()
        self.waiting = loop.create_future()

    async def compress(self, data):
        async with self._compress_lock:
            if len(data) > 1000:
                return await self._worker.run(data)
            return self._worker.now(data)

    def remember(self, key, value):
        with self._thread_lock:
            self._worker.seen[key] = value

    def on_message(self, message):
        self._loop.call_soon_threadsafe(self._worker.deliver, message)

    def on_error(self, error):
        asyncio.run_coroutine_threadsafe(self._worker.fail(error), self._loop)
