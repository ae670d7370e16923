"""Timers that are cancelled before they have done anything."""

import asyncio


class Session:
    def __init__(self):
        self.timer = None
        self.worker = None

    async def open(self):
        self.timer = asyncio.create_task(self.expire())
        self.worker = asyncio.create_task(self.work())

    async def expire(self):
        await asyncio.sleep(60)
        print("expired")

    async def work(self):
        while True:
            await asyncio.sleep(1)
            await self.flush()

    async def flush(self):
        await asyncio.sleep(0)

    async def close(self):
        self.timer.cancel()

    async def shutdown(self):
        self.worker.cancel()  # finding: AW215


async def first_of_two(queue: asyncio.Queue, stopped: asyncio.Event):
    stop = asyncio.create_task(stopped.wait())
    item = asyncio.create_task(queue.get())
    await asyncio.wait({stop, item}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    item.cancel()
