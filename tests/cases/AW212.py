"""Results that are held back."""

import asyncio


async def fetch(url):
    return url


async def store(page): ...


async def gathered(urls):
    pages = await asyncio.gather(*[fetch(url) for url in urls])  # finding: AW212
    for page in pages:
        await store(page)
    for page in await asyncio.gather(*map(fetch, urls), return_exceptions=True):  # finding: AW212
        if page:
            await store(page)


async def in_order(urls):
    tasks = [asyncio.create_task(fetch(url)) for url in urls]
    for task in tasks:  # finding: AW212
        page = await task
        await store(page)


# Below nothing is gained, or order matters.


async def no_waiting(urls):
    pages = await asyncio.gather(*[fetch(url) for url in urls])
    for page in pages:
        print(page)


async def with_the_input(urls):
    pages = await asyncio.gather(*[fetch(url) for url in urls])
    for url, page in zip(urls, pages):
        await store((url, page))


async def used_as_a_whole(urls):
    pages = await asyncio.gather(*[fetch(url) for url in urls])
    print(len(pages))
    for page in pages:
        await store(page)


async def only_awaited(urls):
    tasks = [asyncio.create_task(fetch(url)) for url in urls]
    for task in tasks:
        await task


async def few(a, b):
    for page in await asyncio.gather(fetch(a), fetch(b)):
        await store(page)


async def as_they_come(urls):
    for page in asyncio.as_completed([fetch(url) for url in urls]):
        await store(await page)
