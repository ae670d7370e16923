"""gather whose failing together is meant, or matters little."""

import asyncio


async def fetch(item):
    return await item.load()


async def close(item):
    await item.close()


async def all_are_needed(items):
    rows = await asyncio.gather(*[fetch(item) for item in items])  # doubtful: AW209
    return dict(rows)


async def up_to_the_caller(items):
    return await asyncio.gather(*[fetch(item) for item in items])  # doubtful: AW209


async def said_so(items):
    await asyncio.gather(*[close(item) for item in items], return_exceptions=False)  # doubtful: AW209


async def with_somebody_looking_on(items, stopped):
    both = asyncio.gather(*[fetch(item) for item in items])  # doubtful: AW209
    await asyncio.wait([both, stopped], return_when=asyncio.FIRST_COMPLETED)


async def one_after_the_other(items):
    for row in await asyncio.gather(*[fetch(item) for item in items]):  # finding: AW209
        print(row)
    rows = await asyncio.gather(*[fetch(item) for item in items])  # finding: AW209
    for item, row in zip(items, rows):
        print(item, row)


async def each_has_an_effect(items):
    await asyncio.gather(*[close(item) for item in items])  # finding: AW209


async def only_waits(events):
    await asyncio.gather(*[event_set(event) for event in events])  # finding: AW209
    first, second = asyncio.Event(), asyncio.Event()
    await asyncio.gather(first.wait(), second.wait())


async def event_set(event):
    await event.wait()


async def each_says_itself(items):
    results = await asyncio.gather(*[fetch(item) for item in items])  # doubtful: AW209
    for success, row in results:
        print(success, row)


async def of_others(tasks):
    await asyncio.gather(*tasks)  # doubtful: AW209


class Closing:
    def __init__(self):
        self.tasks = []

    async def close(self):
        await asyncio.gather(*self.tasks)  # finding: AW209
