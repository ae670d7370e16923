import asyncio

from async_timeout import timeout


class Watchdog:
    def __init__(self, page, process):
        self.page = page
        self.process = process

    async def requests(self):
        return await asyncio.wait_for(self.page.pending_requests(), timeout=2)

    async def metrics(self):
        async with timeout(3):
            return await self.page.layout()

    async def screenshot(self, task):
        return await asyncio.wait_for(task, 1)

    async def fetch(self, modules):
        tasks = []
        for module in modules:
            tasks.append(asyncio.wait_for(module.fetch(), timeout=3))
        return await asyncio.gather(*tasks, return_exceptions=True)

    async def title(self):
        async with timeout(3):
            return await self.page.title()

    async def stop(self):
        await asyncio.wait_for(self.process.stop(), 5)
        await asyncio.wait_for(self.process.gone(), 5)

    async def reload(self):
        await asyncio.wait_for(self.page.reload(), 5)
