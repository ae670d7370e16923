import asyncio

from async_timeout import timeout


class Watchdog:
    def __init__(self, page, process):
        self.page = page
        self.process = process

    async def requests(self):
        return await self.page.pending_requests()  # caused: AW214

    async def metrics(self):
        return await self.page.layout()  # caused: AW214

    async def screenshot(self, task):
        return await task  # caused: AW214

    async def fetch(self, modules):
        tasks = []
        for module in modules:
            tasks.append(module.fetch())  # caused: AW214
        return await asyncio.gather(*tasks, return_exceptions=True)

    async def title(self):
        return await asyncio.wait_for(self.page.title(), 3)

    async def stop(self):
        async with timeout(8):
            await self.process.stop()
            await self.process.gone()

    async def reload(self):
        async with timeout(5):
            await self.page.leave()
            await self.page.reload()
