# target: 3.11
import asyncio
from contextlib import asynccontextmanager

import aiohttp
import asyncpg
import httpx
from redis.asyncio import Redis

session = aiohttp.ClientSession()  # finding: AW401
client = httpx.AsyncClient()  # finding: AW401
redis = Redis.from_url("redis://cache")  # finding: AW401
lock = asyncio.Lock()
http: httpx.AsyncClient | None = None


class Api:
    shared = aiohttp.ClientSession()  # finding: AW401
    lazily = None

    def __init__(self, given=httpx.AsyncClient()):  # finding: AW401
        self.given = given
        self.own = aiohttp.ClientSession()

    async def close(self):
        await self.own.close()
        await self.given.aclose()


@asynccontextmanager
async def lifespan(app):
    async with asyncpg.create_pool("postgres://db", max_size=4) as pool:
        app.state.pool = pool
        yield


async def main():
    async with aiohttp.ClientSession() as own:
        await own.get("https://example.org")


make = lambda: aiohttp.ClientSession()
