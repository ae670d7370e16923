import asyncio
import threading


class Compressor:
    def __init__(self, worker, loop):
        self._worker = worker
        self._loop = loop
        self.waiting = loop.create_future()

    async def compress(self, data):
        if len(data) > 1000:
            return await self._worker.run(data)  # caused: AW111
        return self._worker.now(data)

    def remember(self, key, value):
        self._worker.seen[key] = value  # caused: AW108

    def on_message(self, message):
        self._worker.deliver(message)  # caused: AW102

    def on_error(self, error):
        self._loop.create_task(self._worker.fail(error))  # caused: AW102
