import asyncio
import signal


class Workers:
    def __init__(self):
        self.tasks = set()
        self.by_name = {}

    def start(self, job):
        task = asyncio.create_task(job())
        self.tasks.add(task)
        self.by_name["job"] = asyncio.create_task(job())

    async def close(self):
        for task in self.tasks:
            task.cancel()  # finding: AW406
        await self.pool.close()

    async def stop(self):
        for task in self.by_name.values():
            if not task.done():
                task.cancel()  # finding: AW406
        self.by_name.clear()


async def stop_all(loop: asyncio.AbstractEventLoop):
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()  # finding: AW406
    loop.stop()


async def stop_all_in_a_list():
    loop = asyncio.get_running_loop()
    [task.cancel() for task in asyncio.all_tasks()]  # finding: AW406
    loop.stop()


# What waits for them is silent.


class Waits:
    def __init__(self):
        self.tasks = []

    def start(self, job):
        self.tasks.append(asyncio.create_task(job()))

    async def close(self):
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


class WaitsElsewhere:
    def __init__(self):
        self.tasks = []

    def start(self, job):
        self.tasks.append(asyncio.create_task(job()))

    async def close(self):
        for task in self.tasks:
            task.cancel()

    async def wait_closed(self):
        await asyncio.wait(self.tasks)


class WaitsInTurn:
    def __init__(self):
        self.tasks = []

    def start(self, job):
        self.tasks.append(asyncio.create_task(job()))

    async def close(self):
        for task in self.tasks:
            task.cancel()
            try:
                await task
            except asyncio.CancelledError:
                pass


class Timers:
    def __init__(self):
        self.timers = []

    def start(self, loop):
        self.timers.append(loop.call_later(5, print))

    async def close(self):
        for timer in self.timers:
            timer.cancel()


class Plain:
    """Nobody can wait here."""

    def __init__(self):
        self.tasks = set()

    def start(self, job):
        self.tasks.add(asyncio.create_task(job()))

    def close(self):
        for task in self.tasks:
            task.cancel()


async def stops_well():
    loop = asyncio.get_running_loop()
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    loop.stop()


async def on_signal():
    # The runner waits for them.
    for task in asyncio.all_tasks():
        task.cancel()


def by_hand(loop: asyncio.AbstractEventLoop):
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    loop.run_until_complete(a