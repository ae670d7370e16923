import asyncio


class Worker:
    def __init__(self):
        self.task = asyncio.create_task(self.run())

    async def run(self):
        while True:
            await asyncio.sleep(1)


class Forgotten:
    def __init__(self):
        self.lost_task = asyncio.create_task(self.run())  # finding: AW405

    async def run(self):
        while True:
            await asyncio.sleep(1)
