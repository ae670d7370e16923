import asyncio


class Inbox:
    def __init__(self):
        self.items = asyncio.Queue()  # finding: AW706
        self.small = asyncio.Queue(maxsize=10)

    async def consume(self):
        while True:
            print(await self.items.get(), await self.small.get())

    async def produce(self, source):
        while True:
            await self.items.put(await source.next())
            await self.small.put(await source.next())
