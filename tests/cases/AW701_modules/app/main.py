"""Workers that other files define, started here."""

import asyncio

from app import workers
from app.workers import careful, consume, watched
from app.own import started_at_home


async def main(queue):
    consumer = asyncio.create_task(consume(queue))  # finding: AW701
    guarded = asyncio.create_task(careful(queue))
    other = asyncio.create_task(workers.poll())  # finding: AW701
    home = asyncio.create_task(started_at_home(queue))
    await asyncio.sleep(3600)
    for task in (consumer, guarded, other, home):
        task.cancel()


async def waits(queue):
    task = asyncio.create_task(watched(queue))
    print("started")
    await task
