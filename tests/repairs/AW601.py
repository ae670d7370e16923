# repair: all of a loop
import aiohttp

async def fetch(urls):
    for url in urls:
        async with aiohttp.ClientSession() as session:
            async with session.get(url) as reply:
                print(await reply.text())
# becomes
import aiohttp

async def fetch(urls):
    async with aiohttp.ClientSession() as session:
        for url in urls:
            async with session.get(url) as reply:
                print(await reply.text())
# keep: something else is in the loop's body
import aiohttp

async def fetch(urls):
    for url in urls:
        print(url)
        async with aiohttp.ClientSession() as session:
            await session.get(url)
# repair: while something is true
import httpx


async def poll(urls):
    while urls:
        async with httpx.AsyncClient(timeout=5) as client:
            await client.get(urls.pop())
# becomes
import httpx


async def poll(urls):
    async with httpx.AsyncClient(timeout=5) as client:
        while urls:
            await client.get(urls.pop())
# keep: each turn has one of its own
import httpx


async def poll(proxies):
    for proxy in proxies:
        async with httpx.AsyncClient(proxy=proxy) as client:
            await client.get("http://a")
