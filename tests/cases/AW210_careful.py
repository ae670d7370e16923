"""Results of `gather` that nobody looks at."""

import asyncio


async def careful(item):
    try:
        await item.load()
    except Exception as error:
        print(error)


async def careless(item):
    await item.load()


async def dropped(items):
    await asyncio.gather(*[careless(item) for item in items], return_exceptions=True)  # finding: AW210
    results = await asyncio.gather(careless(items[0]), careless(items[1]), return_exceptions=True)  # finding: AW210


# Nothing below loses an exception.


async def nothing_is_raised(items):
    await asyncio.gather(*[careful(item) for item in items], return_exceptions=True)
    tasks = [asyncio.create_task(careful(item)) for item in items]
    await asyncio.gather(*tasks, return_exceptions=True)


async def looked_at(items):
    results = await asyncio.gather(*[careless(item) for item in items], return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result


async def stop(tasks):
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
