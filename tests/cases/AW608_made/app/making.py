"""Makes pools for applications in other files."""

import asyncpg


async def make_pool(dsn):
    return await asyncpg.create_pool(dsn, max_size=10)
