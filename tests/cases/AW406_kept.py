"""Tasks that are cancelled and put where somebody waits for them."""

import asyncio


class Hub:
    def __init__(self):
        self.background = set()
        self.tasks = set()

    def start(self, work):
        task = asyncio.create_task(work())
        self.background.add(task)

    async def stop(self):
        for task in self.background:
            self.tasks.add(task)
            task.cancel()
        await self.settle()

    async def settle(self):
        await asyncio.wait(self.tasks)
