import asyncio

import httpx

from app import fetching
from app.fetching import fetch_politely, fetch_freely


async def main(urls):
    async with httpx.AsyncClient() as client:
        await asyncio.gather(*[fetch_politely(client, url) for url in urls])
        await asyncio.gather(*[fetch_freely(client, url) for url in urls])  # finding: AW705
        await asyncio.gather(*[fetching.fetch_freely(client, url) for url in urls])  # finding: AW705
        await asyncio.gather(*[fetching.fetch_politely(client, url) for url in urls])
