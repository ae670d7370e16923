import asyncio
import functools

from anyio import to_thread


class Payload:
    def __init__(self, value, recogniser):
        self._value = value
        self._recogniser = recogniser
        self._lock = asyncio.Lock()

    async def write(self, writer):
        loop = asyncio.get_running_loop()
        chunk = await loop.run_in_executor(None, self._value.read, 1024)
        while chunk:
            await writer.write(chunk)
            chunk = await loop.run_in_executor(None, self._value.read, 1024)
        await asyncio.to_thread(lambda: self._value.close())

    async def recognise(self, image):
        return await asyncio.to_thread(functools.partial(self._recogniser.find, image, best=True))

    async def call(self, tool, **arguments):
        if asyncio.iscoroutinefunction(tool):
            return await tool(**arguments)
        return await to_thread.run_sync(functools.partial(tool, **arguments))

    async def stop(self, executors):
        def shut_down():
            for executor in executors:
                executor.stop_and_wait()

        await asyncio.to_thread(shut_down)

    async def store(self, backend, data):
        return await self.hass.async_add_executor_job(backend.put, data)

    async def collect(self):
        await asyncio.to_thread(self._recogniser.forget)

    async def forget(self):
        await self.collect()
