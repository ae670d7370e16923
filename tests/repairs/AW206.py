# repair: in a group
import asyncio

async def work(): ...

async def main():
    async with asyncio.TaskGroup() as group:
        group.create_task(work())
        asyncio.create_task(work())
# becomes
import asyncio

async def work(): ...

async def main():
    async with asyncio.TaskGroup() as group:
        group.create_task(work())
        group.create_task(work())
# repair: in the set that is there
import asyncio

TASKS = set()

async def work(): ...

async def keeps():
    task = asyncio.create_task(work())
    TASKS.add(task)
    task.add_done_callback(TASKS.discard)

async def main():
    asyncio.create_task(work())
# becomes
import asyncio

TASKS = set()

async def work(): ...

async def keeps():
    task = asyncio.create_task(work())
    TASKS.add(task)
    task.add_done_callback(TASKS.discard)

async def main():
    task = asyncio.create_task(work())
    TASKS.add(task)
    task.add_done_callback(TASKS.discard)
# repair: in a new set
import asyncio
import logging


async def work(): ...


async def main():
    logging.info("starting")
    asyncio.create_task(work(), name="work")
# becomes
import asyncio
import logging

background_tasks = set()


async def work(): ...


async def main():
    logging.info("starting")
    task = asyncio.create_task(work(), name="work")
    background_tasks.add(task)
    task.add_done_callback(background_tasks.discard)
# repair: in the object's set
import asyncio


class Server:
    def __init__(self):
        self.tasks = set()

    async def work(self): ...

    def first(self):
        task = asyncio.create_task(self.work(), name="work")
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def second(self):
        asyncio.create_task(self.work(), name="work")
# becomes
import asyncio


class Server:
    def __init__(self):
        self.tasks = set()

    async def work(self): ...

    def first(self):
        task = asyncio.create_task(self.work(), name="work")
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def second(self):
        task = asyncio.create_task(self.work(), name="work")
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
# keep: several in one statement
import asyncio


async def work(): ...


async def main(items):
    [asyncio.create_task(work(), name="work") for _ in items]
# keep: a callback makes it
import asyncio


async def work(): ...


async def main():
    loop = asyncio.get_running_loop()
    loop.call_later(5, lambda: asyncio.create_task(work(), name="work"))
