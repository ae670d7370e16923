"""gather that leaves at the first failure."""

import asyncio
from asyncio import gather
from asyncio import gather as together


async def work(x=1):
    return x


async def every_spelling(items):
    await asyncio.gather(work(), work())  # finding: AW209
    await gather(work(), work())  # finding: AW209
    await together(work(), work())  # finding: AW209
    await asyncio.gather(*[work(i) for i in items])  # finding: AW209
    await asyncio.gather(*map(work, items))  # finding: AW209
    await asyncio.gather(work(), work(), return_exceptions=False)  # finding: AW209
    await asyncio.tasks.gather(work(), work())  # finding: AW209
    results = await asyncio.gather(work(), work())  # finding: AW209
    a, b = await asyncio.gather(work(), work())  # finding: AW209
    [c, d] = await asyncio.gather(work(), work())  # finding: AW209
    return await asyncio.gather(*results)  # finding: AW209


async def bound_first():
    pending = asyncio.gather(work(), work())  # finding: AW209
    await pending


# Below the failure of one is dealt with, or there is only one.


async def right(items, options):
    await asyncio.gather(work(), work(), return_exceptions=True)
    await asyncio.gather(*items, return_exceptions=True)
    await asyncio.gather(*items, **options)
    await asyncio.gather(work())
    await asyncio.gather()
    await asyncio.wait_for(asyncio.gather(work()), 1)
    flag = True
    await asyncio.gather(*items, return_exceptions=flag)


async def cancels_the_rest(items):
    tasks = [asyncio.create_task(work(i)) for i in items]
    try:
        await asyncio.gather(*tasks)
    except Exception:
        for task in tasks:
            task.cancel()
        raise


async def cancels_the_rest_in_the_end(items):
    tasks = [asyncio.create_task(work(i)) for i in items]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


async def only_takes_results(tasks):
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        print(task)
    return await asyncio.gather(*done)


async def shadowed(gather):
    await gather(work(), work())


class Own:
    async def gather(self, *things):
        return things

    async def run(self):
        await self.gather(work(), work())


async def group(items):
    async with asyncio.TaskGroup() as tasks:
        for item in items:
            tasks.create_task(work(item))


async def careful(item):
    try:
        return await item.load()
    except Exception as error:
        print(error)
        return None


async def careless(item):
    try:
        return await item.load()
    except Exception:
        raise


async def partly(item):
    await item.open()
    try:
        return await item.load()
    except Exception:
        return None


async def those_deal_with_failures(items):
    await asyncio.gather(*[careful(item) for item in items])
    calls = [careful(item) for item in items]
    await asyncio.gather(*calls)
    tasks = []
    for item in items:
        tasks.append(asyncio.create_task(careful(item)))
    await asyncio.gather(*tasks)


async def those_do_not(items):
    await asyncio.gather(*[careless(item) for item in items])  # finding: AW209
    await asyncio.gather(*[partly(item) for item in items])  # finding: AW209
    calls = [careful(item) for item in items]
    calls.append(careless(items[0]))
    await asyncio.gather(*calls)  # finding: AW209
