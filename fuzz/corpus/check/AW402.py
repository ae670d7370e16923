import asyncio


async def work():
    await asyncio.sleep(1)


task = asyncio.create_task(work())  # finding: AW402


class Eager:
    def __init__(self):
        self.task = asyncio.create_task(work())  # finding: AW402


eager = Eager()


class TooEarly:
    def __init__(self):
        self.client = None

    async def start(self):
        self.task = asyncio.create_task(self._poll())  # finding: AW402
        self.client = await connect()

    async def _poll(self):
        while True:
            await self.client.ping()


# What exists by then is silent.


async def connect():
    await asyncio.sleep(1)


class InTime:
    async def start(self):
        self.client = await connect()
        self.task = asyncio.create_task(self._poll())
        self.started = True
        await asyncio.sleep(0)

    async def _poll(self):
        await self.client.ping()


class SetAtOnce:
    async def start(self):
        self.task = asyncio.create_task(self._poll())
        self.client = object()
        await asyncio.sleep(1)

    async def _poll(self):
        await self.client.ping()


class HasOneBefore:
    def __init__(self, client):
        self.client = client

    async def start(self):
        self.task = asyncio.create_task(self._poll())
        self.client = await connect()

    async def _poll(self):
        await self.client.ping()


class Asks:
    async def start(self):
        self.task = asyncio.create_task(self._poll())
        self.client = await connect()

    async def _poll(self):
        while True:
            if self.client is not None:
                await self.client.ping()
            await asyncio.sleep(1)


class Later:
    async def start(self):
        self.task = asyncio.create_task(self._poll())
        self.client = await connect()

    async def _poll(self):
        while True:
            await asyncio.sleep(60)
            await self.client.ping()


class Lazy:
    def __init__(self):
        self.task = asyncio.create_task(work())


async def main():
    return Lazy()
