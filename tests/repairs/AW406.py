# repair: a list of tasks
import asyncio

class Service:
    def __init__(self):
        self.tasks = []

    def start(self):
        self.tasks.append(asyncio.create_task(self.work()))

    async def work(self): ...

    async def stop(self):
        for task in self.tasks:
            task.cancel()
# becomes
import asyncio

class Service:
    def __init__(self):
        self.tasks = []

    def start(self):
        self.tasks.append(asyncio.create_task(self.work()))

    async def work(self): ...

    async def stop(self):
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
# repair: a mapping of tasks
import asyncio


class Service:
    def __init__(self):
        self.tasks = {}

    def start(self, name):
        self.tasks[name] = asyncio.create_task(self.work(), name=name)

    async def work(self): ...

    async def stop(self):
        for task in self.tasks.values():
            task.cancel()
# becomes
import asyncio


class Service:
    def __init__(self):
        self.tasks = {}

    def start(self, name):
        self.tasks[name] = asyncio.create_task(self.work(), name=name)

    async def work(self): ...

    async def stop(self):
        for task in self.tasks.values():
            task.cancel()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)
# keep: the tasks are gone by then
import asyncio


class Service:
    def __init__(self):
        self.tasks = []

    def start(self):
        self.tasks.append(asyncio.create_task(self.work(), name="work"))

    async def work(self): ...

    async def stop(self):
        for task in list(self.tasks):
            task.cancel()
            self.tasks.remove(task)
