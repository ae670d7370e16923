"""Time-outs that are made before they are entered."""

import asyncio

import anyio


async def work():
    await asyncio.sleep(1)


async def made_before():
    limit = asyncio.timeout(5)  # doubtful: AW214
    await work()
    async with limit:
        await work()


async def made_before_for_anyio():
    scope = anyio.move_on_after(5)  # doubtful: AW214
    with scope:
        await work()


async def made_where_it_is_entered():
    async with asyncio.timeout(5) as limit:
        await work()
        limit.reschedule(10)


async def runs_from_the_start():
    # A generator, whose time runs from where it is entered.
    scope = anyio.fail_after(5)
    with scope:
        await work()


async def at_a_moment():
    limit = asyncio.timeout_at(asyncio.get_running_loop().time() + 5)
    async with limit:
        await work()


async def hands_it_on(enter):
    limit = asyncio.timeout(5)
    await enter(limit)
