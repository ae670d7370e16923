import asyncio
import logging
import random

import aiohttp
import asyncpg
import httpx
import stamina

logger = logging.getLogger(__name__)
DELAY = 3


async def at_once(client: httpx.AsyncClient, url):
    for _ in range(3):
        try:
            return await client.get(url)
        except httpx.TransportError:  # finding: AW703
            logger.warning("again")
    return None


async def for_ever(host):
    while True:
        try:
            reader, writer = await asyncio.open_connection(host, 80)
            break
        except Exception as error:  # finding: AW703
            logger.error("%s", error)
    return reader, writer


async def flag(dsn):
    connection = None
    while connection is None:
        try:
            connection = await asyncpg.connect(dsn)
        except OSError:  # finding: AW703
            logger.info("no database")
    return connection


async def otherwise(session: aiohttp.ClientSession, url):
    attempts = 0
    while attempts < 5:
        try:
            response = await session.get(url)
        except (aiohttp.ClientConnectionError, ValueError):  # finding: AW703
            attempts += 1
        else:
            return response


async def no_time(client: httpx.AsyncClient, url):
    for _ in range(3):
        try:
            return await client.get(url)
        except Exception:  # finding: AW703
            await asyncio.sleep(0)
    return None


async def constant(client: httpx.AsyncClient, url):
    for _ in range(3):
        try:
            return await client.get(url)
        except httpx.HTTPError:
            await asyncio.sleep(DELAY)  # finding: AW703


async def behind(host):
    while True:
        try:
            return await asyncio.open_connection(host, 80)
        except ConnectionRefusedError:
            logger.info("not up yet")
        await asyncio.sleep(0.5)  # finding: AW703


# Look-alikes.


async def exponential(client: httpx.AsyncClient, url):
    for attempt in range(5):
        try:
            return await client.get(url)
        except httpx.TransportError:
            await asyncio.sleep(2**attempt)


async def doubled(client: httpx.AsyncClient, url):
    delay = 1
    while True:
        try:
            return await client.get(url)
        except httpx.TransportError:
            await asyncio.sleep(delay)
            delay = min(delay * 2, 60)


async def random_delay(client: httpx.AsyncClient, url):
    for _ in range(5):
        try:
            return await client.get(url)
        except httpx.TransportError:
            await asyncio.sleep(random.uniform(1, 5))


@stamina.retry(on=httpx.HTTPError)
async def by_library(client: httpx.AsyncClient, url):
    return await client.get(url)


async def mirrors(client: httpx.AsyncClient, urls):
    for url in urls:
        try:
            return await client.get(url)
        except httpx.HTTPError:
            continue


async def ports(host):
    for port in range(8000, 8010):
        try:
            return await asyncio.open_connection(host, port)
        except OSError:
            continue


async def consumer(queue, client: httpx.AsyncClient):
    while True:
        item = await queue.get()
        try:
            await client.post("/", json=item)
        except httpx.HTTPError:
            logger.exception("lost")


async def polls(queue):
    while True:
        try:
            return await asyncio.wait_for(queue.get(), 1)
        except asyncio.TimeoutError:
            continue


async def raises(client: httpx.AsyncClient, url):
    while True:
        try:
            return await client.get(url)
        except httpx.HTTPError:
            raise


async def other_error(parse):
    while True:
        try:
            return await parse()
        except ValueError:
            continue


async def helper(client: httpx.AsyncClient, url, pause):
    for attempt in range(5):
        try:
            return await client.get(url)
        except httpx.HTTPError:
            await pause(attempt)


async def gives_up(client: httpx.AsyncClient, url):
    for _ in range(5):
        try:
            return await client.get(url)
        except httpx.HTTPError:
            break
