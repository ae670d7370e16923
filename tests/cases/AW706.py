import asyncio


class Reader:
    def __init__(self):
        self.queue = asyncio.Queue()  # finding: AW706
        self.bounded = asyncio.Queue(maxsize=10)

    async def read(self, stream):
        while True:
            await self.queue.put(await stream.readline())

    async def work(self):
        while True:
            print(await self.queue.get())


class Receiver(asyncio.Protocol):
    def __init__(self):
        self.inbox = asyncio.Queue(0)  # finding: AW706

    def data_received(self, data):
        self.inbox.put_nowait(data)

    async def next(self):
        return await self.inbox.get()


async def local(source, sink):
    queue = asyncio.Queue()  # finding: AW706

    async def fill():
        async for item in source:
            await queue.put(item)

    async def drain():
        while True:
            await sink(await queue.get())

    await asyncio.gather(fill(), drain())


async def work_list(urls, fetch):
    queue = asyncio.Queue()
    for url in urls:
        queue.put_nowait(url)

    async def worker():
        while not queue.empty():
            await fetch(await queue.get())

    await asyncio.gather(*(worker() for _ in range(4)))


async def one_answer(send):
    answers = asyncio.Queue()
    await send(answers.put)
    return await answers.get()


class Stopping:
    def __init__(self):
        self.stop = asyncio.Queue()

    async def close(self):
        await self.stop.put(None)

    async def run(self):
        await self.stop.get()
