"""Connects for handlers in other files."""

import asyncpg

from app.settings import DSN

POOL = None


async def connect():
    return await asyncpg.connect(DSN)


async def start():
    global POOL
    POOL = await asyncpg.create_pool(DSN, max_size=10)


async def stop():
    await POOL.close()


def taken():
    return POOL.acquire()
