import asyncio
import itertools

import aiofiles
import aiohttp
import asyncpg
import httpx

LIMIT = asyncio.Semaphore(10)
REGIONS = ["eu", "us"]


async def fetch(session: aiohttp.ClientSession, url):
    async with session.get(url) as response:
        return await response.text()


async def gathered(session: aiohttp.ClientSession, urls):
    return await asyncio.gather(*[fetch(session, url) for url in urls])  # finding: AW705


async def generated(client: httpx.AsyncClient, ids: list[int]):
    return await asyncio.gather(*(client.get(f"/{id}") for id in ids))  # finding: AW705


async def named(client: httpx.AsyncClient, path):
    rows = (await client.get(path)).json()
    work = [client.get(row["url"]) for row in rows]
    return await asyncio.gather(*work, return_exceptions=True)  # finding: AW705


async def appended(client: httpx.AsyncClient, ids):
    work = []
    for id in sorted(ids):
        work.append(client.post("/", params={"id": id}))
    return await asyncio.gather(*work)  # finding: AW705


async def tasks(session: aiohttp.ClientSession, urls):
    running = [asyncio.create_task(fetch(session, url)) for url in urls]  # finding: AW705
    return await asyncio.gather(*running)


async def in_a_loop(session: aiohttp.ClientSession, urls):
    running = set()
    for url in urls:
        running.add(asyncio.create_task(fetch(session, url)))  # finding: AW705
    await asyncio.wait(running)


async def grouped(session: aiohttp.ClientSession, urls):
    async with asyncio.TaskGroup() as group:
        for number, url in enumerate(urls):
            group.create_task(fetch(session, url))  # finding: AW705


async def completed(session: aiohttp.ClientSession, urls):
    for done in asyncio.as_completed([fetch(session, url) for url in urls]):  # finding: AW705
        print(await done)


async def read(path):
    async with aiofiles.open(path) as file:
        return await file.read()


async def read_all(folder):
    return await asyncio.gather(*[read(path) for path in folder.iterdir()])  # finding: AW705


# Look-alikes.


async def limited(session: aiohttp.ClientSession, url):
    async with LIMIT:
        return await fetch(session, url)


async def with_a_semaphore(session: aiohttp.ClientSession, urls):
    return await asyncio.gather(*[limited(session, url) for url in urls])


async def inner_semaphore(session: aiohttp.ClientSession, urls):
    semaphore = asyncio.Semaphore(5)

    async def one(url):
        async with semaphore:
            return await fetch(session, url)

    return await asyncio.gather(*[one(url) for url in urls])


async def handed_semaphore(session: aiohttp.ClientSession, urls, semaphore):
    return await asyncio.gather(*[fetch_with(semaphore, session, url) for url in urls])


async def fetch_with(turns, session, url):
    async with turns:
        return await fetch(session, url)


async def few(session: aiohttp.ClientSession):
    return await asyncio.gather(*[fetch(session, f"https://{it}.example.org") for it in ("eu", "us")])


async def regions(session: aiohttp.ClientSession):
    return await asyncio.gather(*[fetch(session, it) for it in REGIONS])


async def counted(session: aiohttp.ClientSession, url):
    return await asyncio.gather(*[fetch(session, url) for _ in range(10)])


async def workers(session: aiohttp.ClientSession, url, count):
    return await asyncio.gather(*[fetch(session, url) for number in range(count)])


async def sliced(session: aiohttp.ClientSession, urls):
    for at in range(0, len(urls), 20):
        await asyncio.gather(*[fetch(session, url) for url in urls[at : at + 20]])


async def chunked(session: aiohttp.ClientSession, urls):
    for chunk in itertools.batched(urls, 20):
        await asyncio.gather(*[fetch(session, url) for url in chunk])


async def pooled(pool: asyncpg.Pool, ids):
    return await asyncio.gather(*[pool.fetchrow("select $1", id) for id in ids])


async def pauses(session: aiohttp.ClientSession, urls):
    async with asyncio.TaskGroup() as group:
        for url in urls:
            group.create_task(fetch(session, url))
            await asyncio.sleep(0.1)


async def one_after_the_other(session: aiohttp.ClientSession, urls):
    for url in urls:
        task = asyncio.create_task(fetch(session, url))
        await task


async def closes(clients):
    await asyncio.gather(*[client.aclose() for client in clients])


async def with_connector(urls):
    connector = aiohttp.TCPConnector(limit=10)
    async with aiohttp.ClientSession(connector=connector) as session:
        return await asyncio.gather(*[fetch(session, url) for url in urls])


async def handed_on(*work):
    return await asyncio.gather(*[it for it in work])


async def joins(tasks):
    return await asyncio.gather(*tasks)


async def two(session: aiohttp.ClientSession, one, other):
    return await asyncio.gather(fetch(session, one), fetch(session, other))


async def everything_stored(session: aiohttp.ClientSession, settings):
    connections = settings.load()
    await asyncio.gather(*[session.get(it) for it in connections])  # finding: AW705


async def all_batches(session: aiohttp.ClientSession, batches):
    await asyncio.gather(*[session.get(batch) for batch in batches])  # finding: AW705


async def one_batch(session: aiohttp.ClientSession, next_batch):
    await asyncio.gather(*[session.get(url) for url in next_batch])


async def batch_by_batch(session: aiohttp.ClientSession, batches):
    for batch in batches:
        await asyncio.gather(*[session.get(url) for url in batch])
