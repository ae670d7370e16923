import asyncio

from api import fetch


async def refresh(url):
    await asyncio.gather(fetch(url), fetch(url))
    task = asyncio.create_task(fetch(url))
    return await task
