"""Clients that serve several requests, none over a network, or only those who bring none."""

import asyncio

import httpx


async def fetch_all(urls):
    async with httpx.AsyncClient() as client:

        async def fetch(url):
            return await client.get(url)

        return await asyncio.gather(*[fetch(url) for url in urls])


async def asks_the_application(app, path):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://here") as client:
        return await client.get(path)


async def fetch_with(url, client: httpx.AsyncClient | None = None):
    if client is None:
        async with httpx.AsyncClient() as own:  # doubtful: AW601
            return await own.get(url)
    return await client.get(url)


async def fetch(url):
    async with httpx.AsyncClient() as client:  # finding: AW601
        return await client.get(url)


PRICES: dict = {}


async def prices(url):
    """Asked for once: they are kept in a cache."""
    if PRICES:
        return PRICES
    async with httpx.AsyncClient() as client:  # doubtful: AW601
        PRICES.update((await client.get(url)).json())
    return PRICES


async def send_heartbeat(url):
    async with httpx.AsyncClient() as client:  # doubtful: AW601
        await client.post(url)


async def check_for_updates(url):
    async with httpx.AsyncClient() as client:  # doubtful: AW601
        return await client.get(url)
