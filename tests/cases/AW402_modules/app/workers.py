"""Classes whose tasks need a running loop, or what is set later."""

import asyncio


class Poller:
    """Instances are made while `app.main` is imported."""

    def __init__(self, interval):
        self.interval = interval
        self.task = asyncio.create_task(self.poll())  # finding: AW402

    async def poll(self):
        await asyncio.sleep(self.interval)


class Watcher:
    """Instances are made in a coroutine."""

    def __init__(self, interval):
        self.interval = interval
        self.task = asyncio.create_task(self.watch())

    async def watch(self):
        await asyncio.sleep(self.interval)


class Base:
    async def consume(self):
        await self.client.send("hello")

    async def listen(self):
        await asyncio.sleep(1)
        await self.client.send("hello")


async def heartbeat():
    await asyncio.sleep(5)
