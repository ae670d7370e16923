import asyncio

from app.workers import careful, consume, gives_up, stops


async def gathered(queue):
    await asyncio.gather(consume(queue), careful(queue))  # finding: AW704


async def grouped(queue):
    async with asyncio.TaskGroup() as group:  # finding: AW704
        group.create_task(consume(queue))
        group.create_task(careful(queue))


async def guarded(queue):
    await asyncio.gather(careful(queue), careful(queue))


async def started(queue):
    task = asyncio.create_task(gives_up(queue))  # finding: AW704
    other = asyncio.create_task(stops(queue))
    await asyncio.wait([task, other])
