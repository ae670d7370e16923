"""Failures that somebody else sees, or that its author lets be."""

import asyncio


async def work(item):
    return await item.load()


class Jobs:
    def __init__(self):
        self.running = []

    async def settle(self):
        await asyncio.gather(*self.running, return_exceptions=True)  # doubtful: AW210

    async def watched(self, items):
        tasks = []
        for item in items:
            task = asyncio.create_task(work(item))
            task.add_done_callback(self.report)
            tasks.append(task)
        await asyncio.gather(*tasks, return_exceptions=True)  # doubtful: AW210

    def report(self, task):
        print(task.exception())

    async def unwatched(self, items):
        tasks = []
        for item in items:
            task = asyncio.create_task(work(item))
            tasks.append(task)
        await asyncio.gather(*tasks, return_exceptions=True)  # finding: AW210


async def said_so(items):
    # Errors are handled elsewhere, this only waits.
    await asyncio.gather(*[work(item) for item in items], return_exceptions=True)  # doubtful: AW210


async def mounted(widgets):
    events = [asyncio.Event() for _ in widgets]
    await asyncio.wait([asyncio.create_task(events[0].wait())])  # doubtful: AW210


async def unsaid(items):
    # All of them at once.
    await asyncio.gather(*[work(item) for item in items], return_exceptions=True)  # finding: AW210
