# repair: a call
import asyncio

async def work(): ...

async def main():
    await asyncio.create_task(work())
# becomes
import asyncio

async def work(): ...

async def main():
    await asyncio.create_task(work(), name="work")
# repair: in a group
import asyncio


class Api:
    async def poll(self): ...

    async def main(self):
        async with asyncio.TaskGroup() as group:
            group.create_task(self.poll())
# becomes
import asyncio


class Api:
    async def poll(self): ...

    async def main(self):
        async with asyncio.TaskGroup() as group:
            group.create_task(self.poll(), name="poll")
# keep: nothing says what it runs
import asyncio


async def main(factories):
    await asyncio.create_task(factories[0]())
