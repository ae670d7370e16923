"""Handlers that decide when cancellation goes on, and tasks that end as they were told to."""

import asyncio


class Client:
    closed = False

    async def run(self):
        try:
            await self.step()
        except asyncio.CancelledError:  # doubtful: AW213
            if self.closed:
                raise
            print("cancelled from elsewhere")

    async def keep(self):
        try:
            await self.step()
        except asyncio.CancelledError:  # finding: AW213
            print("cancelled")
        await self.step()

    async def step(self):
        await asyncio.sleep(1)


async def ends(task):
    task.cancel("stopping")
    try:
        async with asyncio.timeout(1):
            await task
    except asyncio.CancelledError:
        pass


class Connection:
    def __init__(self):
        self.task = asyncio.create_task(asyncio.sleep(10))

    async def close(self):
        try:
            async with asyncio.timeout(5):
                await self.task
        except (asyncio.TimeoutError, asyncio.CancelledError):  # doubtful: AW213
            pass
        await asyncio.sleep(0)
