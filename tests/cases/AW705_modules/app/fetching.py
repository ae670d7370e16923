import asyncio

import httpx

SLOTS = asyncio.Semaphore(10)


async def fetch_politely(client: httpx.AsyncClient, url):
    async with SLOTS:
        return await client.get(url)


async def fetch_freely(client: httpx.AsyncClient, url):
    return await client.get(url)
