"""Waiting without a limit that somebody wants."""

import asyncio

import aiohttp


async def work():
    await asyncio.sleep(1)


class Shard:
    def __init__(self):
        self.task = asyncio.create_task(work())

    async def join(self):
        await asyncio.wait_for(asyncio.shield(self.task), timeout=None)  # doubtful: AW214


async def reads(reader: asyncio.StreamReader):
    return await asyncio.wait_for(reader.read(), None)  # finding: AW214


async def passes_on(session: aiohttp.ClientSession, url, response):
    async with session.get(url, timeout=aiohttp.ClientTimeout(total=None)) as answer:  # doubtful: AW214
        async for data in answer.content.iter_chunked(4096):
            await response.write(data)


async def fetches(session: aiohttp.ClientSession, url):
    async with session.get(url, timeout=aiohttp.ClientTimeout(total=None)) as answer:  # finding: AW214
        return await answer.json()
