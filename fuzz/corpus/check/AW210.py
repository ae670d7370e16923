"""Failures that stay among the results, and those that somebody looks at."""

import asyncio
import logging


async def work(x=1):
    return x


async def dropped(items):
    await asyncio.gather(*[work(x) for x in items], return_exceptions=True)  # finding: AW210
    results = await asyncio.gather(work(), work(), return_exceptions=True)  # finding: AW210


async def taken_for_results(items):
    results = await asyncio.gather(*[work(x) for x in items], return_exceptions=True)  # finding: AW210
    total = 0
    for result in results:
        total += result
    return total


async def taken_in_pairs(items):
    results = await asyncio.gather(*[work(x) for x in items], return_exceptions=True)  # finding: AW210
    for item, result in zip(items, results):
        print(item, result.name)


async def unpacked():
    user, orders = await asyncio.gather(work(), work(), return_exceptions=True)  # finding: AW210
    return user.name, orders[0]


async def looped():
    for result in await asyncio.gather(work(), work(), return_exceptions=True):  # finding: AW210
        print(result.name)


async def waited(items):
    tasks = [asyncio.create_task(work(x)) for x in items]
    if tasks:
        await asyncio.wait(tasks)  # finding: AW210


async def waited_in_place(items):
    await asyncio.wait([asyncio.create_task(work(x)) for x in items])  # finding: AW210


# Below somebody looks, or there is nothing to look for.


async def looked_at(items):
    results = await asyncio.gather(*[work(x) for x in items], return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            logging.error("failed", exc_info=result)


async def handed_on(items, report):
    results = await asyncio.gather(*[work(x) for x in items], return_exceptions=True)
    report(results)
    return await asyncio.gather(*[work(x) for x in items], return_exceptions=True)


async def cancelled(tasks):
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def close(servers):
    await asyncio.gather(*[server.close() for server in servers], return_exceptions=True)


async def waited_and_asked(items):
    tasks = [asyncio.create_task(work(x)) for x in items]
    await asyncio.wait(tasks)
    for task in tasks:
        task.result()


async def waited_for_what_others_made(tasks):
    await asyncio.wait(tasks)


async def waited_with_result(items):
    tasks = [asyncio.create_task(work(x)) for x in items]
    done, _ = await asyncio.wait(tasks)
    for task in done:
        task.result()
