"""Workers whose owners are in another file."""

import asyncio


class Poller:
    """`app.main` stops it."""

    async def start(self):
        self.task = asyncio.create_task(self.poll())

    async def poll(self):
        while True:
            await asyncio.sleep(1)


class Beater:
    """Nobody stops it."""

    async def start(self):
        self.heart = asyncio.create_task(self.beat())  # finding: AW405

    async def stop(self):
        print("stopped")

    async def beat(self):
        while True:
            await asyncio.sleep(1)
