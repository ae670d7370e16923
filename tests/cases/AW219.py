"""Time-outs made by hand."""

import asyncio


async def work(): ...


async def cancels_and_goes_on():
    task = asyncio.create_task(work())
    done, pending = await asyncio.wait({task}, timeout=1)
    for other in pending:
        other.cancel()  # finding: AW219
    return done


async def races():
    task = asyncio.create_task(work())
    await asyncio.wait([task, asyncio.create_task(asyncio.sleep(1))], return_when=asyncio.FIRST_COMPLETED)  # finding: AW219
    sleeper = asyncio.create_task(asyncio.sleep(1))
    done, pending = await asyncio.wait({task, sleeper}, return_when=asyncio.FIRST_COMPLETED)  # finding: AW219
    return done, pending


async def later(loop: asyncio.AbstractEventLoop):
    task = asyncio.create_task(work())
    loop.call_later(5, task.cancel)  # finding: AW219
    await task


# Below nothing is left behind.


async def right():
    async with asyncio.timeout(1):
        await work()
    await asyncio.wait_for(work(), 1)


async def cancels_and_waits():
    task = asyncio.create_task(work())
    done, pending = await asyncio.wait({task}, timeout=1)
    for other in pending:
        other.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    done, pending = await asyncio.wait({task}, timeout=1)
    for other in pending:
        other.cancel()
    if pending:
        await asyncio.wait(pending)
    return done


async def waits_by_the_first_name():
    task = asyncio.create_task(work())
    done, pending = await asyncio.wait({task}, timeout=1)
    for other in pending:
        other.cancel()
    await task
    return done


async def not_a_race():
    await asyncio.wait([asyncio.create_task(asyncio.sleep(1)), asyncio.create_task(work())])


async def handles(loop: asyncio.AbstractEventLoop, handle):
    loop.call_later(5, handle.cancel)
    loop.call_later(5, print)


async def first_event(events, timeout):
    done, pending = await asyncio.wait(
        [asyncio.create_task(event.wait()) for event in events],
        return_when=asyncio.FIRST_COMPLETED,
        timeout=timeout,
    )
    for task in pending:
        task.cancel()
    return done


async def first_message(sources, timeout):
    done, pending = await asyncio.wait(
        [asyncio.create_task(source.receive()) for source in sources],
        return_when=asyncio.FIRST_COMPLETED,
        timeout=timeout,
    )
    for task in pending:
        task.cancel()  # finding: AW219
    return done
