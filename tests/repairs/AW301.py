# repair: to the end of the block
import aiohttp

async def fetch(url):
    session = aiohttp.ClientSession()  # ours
    reply = await session.get(url)
    text = await reply.text()
    await session.close()
    return text
# becomes
import aiohttp

async def fetch(url):
    async with aiohttp.ClientSession() as session:  # ours
        reply = await session.get(url)
        text = await reply.text()
    return text
# repair: closed in a `finally`
import asyncpg

async def count(dsn):
    connection = await asyncpg.connect(dsn)
    return await connection.fetchval("""
SELECT 1
""")
# becomes, with AW218
import asyncpg

async def count(dsn):
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval("""
SELECT 1
""")
    finally:
        await connection.close()
# repair: opened and forgotten
import httpx

async def status(url):
    return (await httpx.AsyncClient().get(url)).status_code
# becomes, with AW601
import httpx

async def status(url):
    async with httpx.AsyncClient() as client:
        return (await client.get(url)).status_code
# keep: the answer is read by the caller
import aiohttp

async def fetch(url):
    session = aiohttp.ClientSession()
    return await session.get(url)
# keep: a task goes on with it
import asyncio
import aiohttp

async def get(session, url):
    await session.get(url)

async def fetch(url):
    session = aiohttp.ClientSession()
    task = asyncio.create_task(get(session, url))
    return task
# keep: it is read behind the block
import aiohttp

async def fetch(url, fresh):
    if fresh:
        session = aiohttp.ClientSession()
        reply = await session.get(url)
    return await reply.text()
# repair: what a function opens
import httpx


def make_client():
    return httpx.AsyncClient()


async def status(url):
    client = make_client()
    reply = await client.get(url)
    return reply.status_code
# becomes
import httpx


def make_client():
    return httpx.AsyncClient()


async def status(url):
    async with make_client() as client:
        reply = await client.get(url)
        return reply.status_code
# repair: what a coroutine opens
import asyncpg


async def connect():
    return await asyncpg.connect("postgres://a")


async def count():
    connection = await connect()
    return await connection.fetchval("SELECT 1")
# becomes, with AW218
import asyncpg


async def connect():
    return await asyncpg.connect("postgres://a")


async def count():
    connection = await connect()
    try:
        return await connection.fetchval("SELECT 1")
    finally:
        await connection.close()
