"""Awaited after `cancel` on every way, or not."""

import asyncio
import contextlib


async def work(): ...


async def only_one_case_waits(kind):
    task = asyncio.create_task(work())
    await asyncio.sleep(1)
    task.cancel()  # finding: AW215
    match kind:
        case "hard":
            return None
    return 1


async def the_loop_may_not_turn(tasks: set[asyncio.Task]):
    task = asyncio.create_task(work())
    await asyncio.sleep(1)
    task.cancel()  # finding: AW215
    while tasks:
        tasks.pop()
    else:
        print("none")


async def cancelled_in_the_inner_finally():
    task = asyncio.create_task(work())
    try:
        try:
            await asyncio.sleep(1)
        finally:
            task.cancel()  # finding: AW215
    finally:
        print("done")


async def each_case_waits(kind):
    task = asyncio.create_task(work())
    await asyncio.sleep(1)
    task.cancel()
    match kind:
        case "hard":
            await asyncio.wait([task])
        case _:
            await asyncio.gather(task, return_exceptions=True)


async def the_outer_finally_waits():
    task = asyncio.create_task(work())
    try:
        try:
            await asyncio.sleep(1)
        finally:
            task.cancel()
    finally:
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def the_else_of_the_loop_waits(steps):
    task = asyncio.create_task(work())
    await asyncio.sleep(1)
    task.cancel()
    while steps:
        steps.pop()
    else:
        await asyncio.gather(task, return_exceptions=True)


async def waits_in_a_try():
    task = asyncio.create_task(work())
    await asyncio.sleep(1)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        pass
    finally:
        print("done")


async def a_return_leaves_before_it_is_awaited(fast):
    task = asyncio.create_task(work())
    await asyncio.sleep(1)
    task.cancel()  # doubtful: AW215
    if fast:
        return None
    await asyncio.gather(task, return_exceptions=True)
    return 1


async def each_turn_waits(urls):
    for _ in urls:
        task = asyncio.create_task(work())
        try:
            await asyncio.sleep(1)
        finally:
            task.cancel()
            await asyncio.wait([task])


async def waits_within_a_time_limit():
    task = asyncio.create_task(work())
    await asyncio.sleep(1)
    task.cancel()
    async with asyncio.timeout(5):
        await asyncio.gather(task, return_exceptions=True)
