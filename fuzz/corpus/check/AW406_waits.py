"""A method of the object itself that waits until all have ended."""

import asyncio


class Scheduler:
    def __init__(self):
        self.running = set()
        self.changed = asyncio.Condition()

    def spawn(self, job):
        self.running.add(asyncio.create_task(job.run()))

    async def wait(self):
        async with self.changed:
            await self.changed.wait_for(lambda: not self.running)

    async def close(self):
        for task in self.running:
            task.cancel()
        await self.wait()


class Careless:
    def __init__(self):
        self.running = set()

    def spawn(self, job):
        self.running.add(asyncio.create_task(job.run()))

    async def close(self):
        for task in self.running:
            task.cancel()  # finding: AW406
        await self.report()

    async def report(self):
        await asyncio.to_thread(print, "closed")
