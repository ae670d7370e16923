"""Waits without an end, and waits with one."""

import asyncio
from asyncio import wait_for

import aiohttp
import anyio
import async_timeout
import httpx
import redis.asyncio as redis


async def network(host):
    reader, writer = await asyncio.open_connection(host, 80)  # finding: AW214
    await reader.readline()  # finding: AW214
    await reader.readexactly(4)  # finding: AW214
    await reader.read()  # finding: AW214
    await reader.readuntil(b"x")  # finding: AW214
    writer.close()


async def annotated(reader: asyncio.StreamReader):
    return await reader.readline()  # finding: AW214


async def sockets(sock):
    loop = asyncio.get_running_loop()
    await loop.sock_connect(sock, ("a", 1))  # finding: AW214
    return await loop.sock_recv(sock, 10)  # finding: AW214


async def processes():
    process = await asyncio.create_subprocess_exec("a")
    await process.wait()  # finding: AW214
    await process.communicate()  # finding: AW214


async def switched_off(url, session: aiohttp.ClientSession, client: httpx.AsyncClient):
    await session.get(url, timeout=None)  # finding: AW214
    await session.get(url, timeout=aiohttp.ClientTimeout(total=None))  # finding: AW214
    await client.get(url, timeout=None)  # finding: AW214
    await asyncio.wait_for(work(), None)  # finding: AW214
    await asyncio.wait_for(work(), timeout=None)  # finding: AW214
    async with httpx.AsyncClient(timeout=None) as other:  # finding: AW214
        await other.get(url)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None)) as third:  # finding: AW214
        await third.get(url)


async def pops(cache: redis.Redis):
    await cache.blpop("jobs")  # finding: AW214
    await cache.blpop("jobs", 0)  # finding: AW214
    await cache.brpop("jobs", timeout=0)  # finding: AW214


# Below something bounds the wait.


async def bounded(host):
    reader, writer = await asyncio.wait_for(asyncio.open_connection(host, 80), 5)
    await wait_for(reader.readline(), timeout=5)
    async with asyncio.timeout(5):
        await reader.readline()
    async with async_timeout.timeout(5):
        await reader.readline()
    with anyio.fail_after(5):
        await reader.readline()
    async with asyncio.timeout_at(5):
        for _ in range(3):
            await reader.readexactly(4)
    writer.close()


async def with_timeouts(url, session: aiohttp.ClientSession, client: httpx.AsyncClient, cache: redis.Redis):
    await session.get(url)
    await session.get(url, timeout=5)
    await session.get(url, timeout=aiohttp.ClientTimeout(total=5))
    await session.get(url, timeout=aiohttp.ClientTimeout(total=None, sock_read=5))
    await client.get(url)
    await client.get(url, timeout=5)
    await cache.blpop("jobs", 5)
    await cache.blpop("jobs", timeout=5)
    await cache.get("x")
    await asyncio.wait_for(work(), 5)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as other:
        await other.get(url)


async def processes_with_an_end():
    process = await asyncio.create_subprocess_exec("a")
    await asyncio.wait_for(process.wait(), 5)
    process.kill()
    await process.wait()
    async with asyncio.timeout(5):
        await process.communicate()


async def read_loop(reader: asyncio.StreamReader):
    while not reader.at_eof():
        line = await reader.readline()
        print(line)


async def worker(queue: asyncio.Queue, event: asyncio.Event):
    await event.wait()
    while True:
        await queue.get()


async def serve(server: asyncio.Server):
    await server.serve_forever()


async def accept(sock):
    loop = asyncio.get_running_loop()
    while True:
        connection, _ = await loop.sock_accept(sock)
        print(connection)


async def in_memory():
    reader = make()
    await reader.read()


async def given_by_the_caller(limit):
    await asyncio.wait_for(work(), limit)


async def work():
    pass


def make():
    return None


async def idle(items, scope):
    async with asyncio.timeout(1):  # finding: AW214
        print(items)
    async with asyncio.timeout(1):  # finding: AW214

        async def inner():
            await asyncio.sleep(1)

        print(inner)
    async with asyncio.timeout(1), asyncio.TaskGroup() as group:
        group.create_task(asyncio.sleep(1))
    async with asyncio.timeout(1):
        async for item in items:
            print(item)
    async with asyncio.timeout(1):
        async with scope:
            print("x")
    async with asyncio.timeout(1):
        yield 1
    async with asyncio.timeout(1):
        [item async for item in items]


async def collects(process: asyncio.subprocess.Process):
    await asyncio.wait_for(process.communicate(), 5)
    await process.wait()


async def over_a_socket(sock, host):
    await asyncio.open_connection(sock=sock)
    await asyncio.open_connection(host, 80)  # finding: AW214


async def after_all_output():
    process = await asyncio.create_subprocess_exec("true", stdout=asyncio.subprocess.PIPE)
    output = await process.stdout.read()  # finding: AW214
    await process.wait()
    other = await asyncio.create_subprocess_exec("true", stdout=asyncio.subprocess.PIPE)
    await other.stdout.readline()  # finding: AW214
    await other.wait()  # finding: AW214
    return output
