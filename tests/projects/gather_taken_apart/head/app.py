import asyncio


class Setup:
    def __init__(self, page, nodes):
        self.page = page
        self.nodes = nodes

    async def prepare(self):
        await self.page.viewport()
        await self.page.listeners()
        await self.page.tracing()  # caused: AW208

    async def stop(self):
        for node in self.nodes:
            await node.halt(5)  # caused: AW208

    async def load(self, rows):
        jobs = [row.convert() for row in rows]
        return await asyncio.gather(*jobs)

    async def write(self, rows):
        async with asyncio.TaskGroup() as group:
            for row in rows:
                group.create_task(row.store())

    def later(self, delay, work):
        asyncio.get_event_loop().call_later(delay, work)  # caused: AW217

    def start(self):
        self.task = asyncio.ensure_future(self.page.watch())  # caused: AW205
