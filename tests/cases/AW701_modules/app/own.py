import asyncio

import httpx


async def started_at_home(queue):
    while True:  # finding: AW701
        await httpx.AsyncClient().post("http://a", json=await queue.get())


async def start(queue):
    task = asyncio.create_task(started_at_home(queue))
    await asyncio.sleep(10)
    task.cancel()
