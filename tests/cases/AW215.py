"""Tasks that are cancelled and forgotten, and those that are awaited."""

import asyncio
import contextlib


async def work(): ...


async def local():
    task = asyncio.create_task(work())
    await asyncio.sleep(1)
    task.cancel()  # finding: AW215


async def in_finally():
    task = asyncio.create_task(work())
    try:
        await work()
    finally:
        task.cancel()  # finding: AW215


async def after_a_failed_wait():
    task = asyncio.create_task(work())
    try:
        await asyncio.wait_for(asyncio.shield(task), 1)
    except asyncio.TimeoutError:
        task.cancel()  # finding: AW215


async def several(names):
    tasks = [asyncio.create_task(work()) for _ in names]
    await asyncio.sleep(1)
    for task in tasks:
        task.cancel()  # finding: AW215


class Owner:
    def __init__(self):
        self._task = None
        self._kept = None
        self._other = None

    async def start(self):
        self._task = asyncio.create_task(work())
        self._kept = asyncio.create_task(work())
        self._other = asyncio.create_task(work())

    async def stop(self):
        if self._task is not None:
            self._task.cancel()  # finding: AW215
            self._task = None
        self._kept.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._kept
        self._other.cancel()
        await self.finish(self._other)

    async def finish(self, task): ...


class Readers:
    async def start(self):
        self._out = asyncio.create_task(work())
        self._err = asyncio.create_task(work())
        self._awaited = asyncio.create_task(work())

    async def close(self):
        for task in (self._out, self._err):
            if task is not None:
                task.cancel()  # finding: AW215

    async def aclose(self):
        for task in (self._awaited,):
            task.cancel()
        await self._awaited


async def shielded():
    await asyncio.shield(work())  # doubtful: AW215
    await asyncio.shield(asyncio.create_task(work()))  # doubtful: AW215
    await asyncio.wait_for(asyncio.shield(work()), 1)  # finding: AW215
    async with asyncio.timeout(1):
        await asyncio.shield(work())  # finding: AW215


# Below somebody waits, or there is nothing to wait for.


async def awaited():
    task = asyncio.create_task(work())
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def gathered(names):
    tasks = [asyncio.create_task(work()) for _ in names]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def in_a_group():
    async with asyncio.TaskGroup() as group:
        task = group.create_task(work())
        task.cancel()


async def handed_on(registry):
    task = asyncio.create_task(work())
    registry.add(task)
    task.cancel()


async def asked():
    task = asyncio.create_task(work())
    task.cancel()
    while not task.done():
        await asyncio.sleep(0)


async def watched():
    task = asyncio.create_task(work())
    task.add_done_callback(print)
    task.cancel()


async def in_a_loop(names):
    tasks = [asyncio.create_task(work()) for _ in names]
    while True:
        done, pending = await asyncio.wait(tasks)
        for task in tasks:
            task.cancel()


def synchronous(loop):
    task = loop.create_task(work())
    task.cancel()


async def other_things(loop: asyncio.AbstractEventLoop, scope, timer):
    handle = loop.call_later(1, print)
    handle.cancel()
    scope.cancel()
    timer.cancel()


class Restarts:
    async def stop_and_restart(self):
        self._task.cancel()
        self._task = asyncio.create_task(work())

    async def poke(self):
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.create_task(work())


async def shields_what_it_keeps():
    task = asyncio.create_task(work())
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


async def lets_the_loop_turn():
    task = asyncio.create_task(work())
    task.cancel()
    await asyncio.sleep(0)


async def two_of_them():
    first = asyncio.create_task(work())
    second = asyncio.create_task(work())
    first.cancel()  # finding: AW215
    second.cancel()


class Receiver:
    def __init__(self):
        self.exited = asyncio.Event()
        self.changed = asyncio.Event()
        self.task = asyncio.create_task(self.run())
        self.other = asyncio.create_task(self.run())

    async def run(self):
        try:
            await asyncio.sleep(100)
        finally:
            self.exited.set()

    async def stop(self):
        self.task.cancel()
        await self.exited.wait()

    async def close(self):
        self.other.cancel()  # finding: AW215
        await self.changed.wait()

    def fail(self):
        self.closing = asyncio.shield(asyncio.ensure_future(self.run()))


async def whole_program():
    task = asyncio.create_task(asyncio.sleep(100))
    await asyncio.sleep(1)
    task.cancel()


asyncio.run(whole_program())
