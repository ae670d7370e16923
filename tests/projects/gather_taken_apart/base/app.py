import asyncio


class Setup:
    def __init__(self, page, nodes):
        self.page = page
        self.nodes = nodes

    async def prepare(self):
        await asyncio.gather(self.page.viewport(), self.page.listeners(), self.page.tracing())

    async def stop(self):
        await asyncio.gather(*[node.halt(5) for node in self.nodes])

    async def load(self, rows):
        return await asyncio.gather(*[row.convert() for row in rows])

    async def write(self, rows):
        await asyncio.gather(*[row.store() for row in rows])

    def later(self, delay, work):
        asyncio.get_running_loop().call_later(delay, work)

    def start(self):
        self.task = asyncio.create_task(self.page.watch())
