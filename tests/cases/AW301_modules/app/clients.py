"""Opens what other files use."""

import aiosqlite
import asyncpg
import httpx
from contextlib import asynccontextmanager

from app.settings import DSN

_SHARED = None


def make_client():
    return httpx.AsyncClient(base_url="https://api.example")


async def connect():
    connection = await asyncpg.connect(DSN)
    await connection.execute("SET TIME ZONE 'UTC'")
    return connection


async def connect_again():
    return await connect()


def database(path):
    return aiosqlite.connect(path)


@asynccontextmanager
async def opened():
    connection = await asyncpg.connect(DSN)
    try:
        yield connection
    finally:
        await connection.close()


def shared():
    global _SHARED
    if _SHARED is None:
        _SHARED = httpx.AsyncClient()
    return _SHARED


async def close_shared():
    await _SHARED.aclose()


class Gateway:
    def __init__(self):
        self.client = httpx.AsyncClient()

    def session(self):
        return self.client

    async def aclose(self):
        await self.client.aclose()


def given_or_made(client=None):
    return client or httpx.AsyncClient()
