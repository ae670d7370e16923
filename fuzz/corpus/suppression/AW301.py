"""Resources that leak when something goes wrong, and resources that do not."""

import contextlib
from contextlib import AsyncExitStack

import aiofiles
import aiohttp
import aiosqlite
import asyncpg
import httpx
import redis.asyncio as redis


async def never_closed(url, dsn):
    session = aiohttp.ClientSession()  # finding: AW301
    await session.get(url)
    client = httpx.AsyncClient()  # finding: AW301
    await client.get(url)
    connection = await asyncpg.connect(dsn)  # finding: AW301
    await connection.execute("x")
    database = await aiosqlite.connect(dsn)  # finding: AW301
    await database.execute("x")
    cache = redis.Redis()  # finding: AW301
    await cache.get("x")
    pool = await asyncpg.create_pool(dsn)  # finding: AW301
    await pool.execute("x")


async def closed_only_when_nothing_goes_wrong(url):
    session = aiohttp.ClientSession()  # finding: AW301
    reply = await session.get(url)
    text = await reply.text()
    await session.close()
    return text


async def closed_on_one_branch(url, flag):
    client = httpx.AsyncClient()  # finding: AW301
    if flag:
        await client.aclose()
        return
    await client.get(url)


async def never_bound(url):
    await httpx.AsyncClient().get(url)  # finding: AW301
    return await aiohttp.ClientSession().get(url)  # finding: AW301


async def only_lent(url):
    session = aiohttp.ClientSession()  # finding: AW301
    return await fetch(session, url)


async def fetch(session, url):
    async with session.get(url) as reply:
        return await reply.text()


# Below everything is closed, or belongs to somebody else.


async def with_statements(url, dsn):
    async with aiohttp.ClientSession() as session:
        await session.get(url)
    async with httpx.AsyncClient() as client, asyncpg.create_pool(dsn) as pool:
        await client.get(url)
        await pool.execute("x")
    session = aiohttp.ClientSession()
    async with session:
        await session.get(url)
    async with await asyncpg.create_pool(dsn) as pool:
        await pool.execute("x")
    async with aiofiles.open("x") as file:
        await file.read()


async def closed_in_the_end(url, dsn):
    session = aiohttp.ClientSession()
    try:
        await session.get(url)
    finally:
        await session.close()
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval("x")
    finally:
        await connection.close()


async def given_to_a_stack(url):
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        await session.get(url)
        client = httpx.AsyncClient()
        stack.push_async_callback(client.aclose)
        await client.get(url)
    async with contextlib.aclosing(httpx.AsyncClient()) as other:
        await other.get(url)


async def returned(dsn):
    return await asyncpg.connect(dsn)


async def returned_by_name():
    session = aiohttp.ClientSession()
    session.headers["a