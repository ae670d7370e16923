"""Generators that hold something, and one that does not."""

import asyncpg


async def rows(pool: asyncpg.Pool):
    async with pool.acquire() as connection:
        async for row in connection.cursor("SELECT 1"):
            yield row  # doubtful: AW305


async def numbers():
    yield 1
    yield 2
