# repair: no size
import asyncio

class Inbox:
    def __init__(self):
        self.items = asyncio.Queue()

    async def consume(self):
        while True:
            print(await self.items.get())

    async def produce(self, source):
        while True:
            await self.items.put(await source.next())
# becomes
import asyncio

class Inbox:
    def __init__(self):
        self.items = asyncio.Queue(maxsize=100)

    async def consume(self):
        while True:
            print(await self.items.get())

    async def produce(self, source):
        while True:
            await self.items.put(await source.next())
# repair: a size that says nothing
import asyncio


async def main(source, sink):
    queue = asyncio.Queue(0)

    async def consume():
        while True:
            await sink.send(await queue.get())

    consumer = asyncio.create_task(consume(), name="consume")
    async for item in source:
        await queue.put(item)
    await consumer
# becomes
import asyncio


async def main(source, sink):
    queue = asyncio.Queue(100)

    async def consume():
        while True:
            await sink.send(await queue.get())

    consumer = asyncio.create_task(consume(), name="consume")
    async for item in source:
        await queue.put(item)
    await consumer
# keep: a bound makes `put_nowait` fail
import asyncio


class Inbox:
    def __init__(self):
        self.items = asyncio.Queue()

    async def consume(self):
        while True:
            print(await self.items.get())

    async def produce(self, source):
        while True:
            self.items.put_nowait(await source.next())
