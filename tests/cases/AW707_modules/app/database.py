"""Sizes that another file names, or callers in other files."""

import aiomysql
import asyncpg

from app import settings
from app.settings import NO_BOUND, POOL_SIZE, TOO_MANY


async def sized():
    return await asyncpg.create_pool("postgres://a", max_size=POOL_SIZE)


async def sized_by_the_module():
    return await asyncpg.create_pool("postgres://a", max_size=settings.POOL_SIZE)


async def unbounded():
    return await aiomysql.create_pool(host="a", maxsize=NO_BOUND)  # finding: AW707


async def too_many():
    return await asyncpg.create_pool("postgres://a", max_size=settings.TOO_MANY)  # finding: AW707


async def unset():
    return await asyncpg.create_pool("postgres://a")  # finding: AW707


async def passed_on(dsn, **options):
    return await asyncpg.create_pool(dsn, **options)
