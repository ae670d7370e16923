import asyncio
import weakref
from contextlib import asynccontextmanager

from fastapi import FastAPI


async def poll_for_ever():
    while True:
        await asyncio.sleep(5)


async def once():
    await asyncio.sleep(5)


class Leaves:
    async def start(self):
        self._task = asyncio.create_task(self._poll())  # finding: AW405

    async def _poll(self):
        while True:
            await asyncio.sleep(30)
            await self.client.ping()

    async def close(self):
        await self.client.close()


class LeavesByAName:
    def start(self):
        loop = asyncio.get_running_loop()
        task = loop.create_task(self._drain(), name="drain")  # finding: AW405
        task.add_done_callback(print)
        self._drainer = task

    async def _drain(self):
        while True:
            try:
                item = await self.queue.get()
                await asyncio.sleep(0.1)
            except asyncio.CancelledError:
                break
            print(item)

    async def stop(self):
        if self._drainer.done():
            print("it ended by itself")


class LeavesSeveral:
    def __init__(self):
        self._tasks = []

    async def start(self):
        for _ in range(4):
            self._tasks.append(asyncio.create_task(poll_for_ever()))  # finding: AW405

    async def stop(self):
        print(len(self._tasks))


@asynccontextmanager
async def lifespan(app):
    task = asyncio.create_task(poll_for_ever())  # finding: AW405
    yield


@asynccontextmanager
async def configured(app):
    task = asyncio.create_task(once())  # finding: AW405
    task.add_done_callback(print)
    try:
        yield
    finally:
        print("bye")


app = FastAPI()


@app.on_event("startup")
async def startup():
    app.state.poller = asyncio.create_task(poll_for_ever())  # finding: AW405


# What ends them is silent.


class Cancels:
    async def start(self):
        self._task = asyncio.create_task(poll_for_ever())

    async def close(self):
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


class CancelsInTurn:
    async def start(self):
        self._one = asyncio.create_task(poll_for_ever())
        self._other = asyncio.create_task(poll_for_ever())

    async def close(self):
        for task in (self._one, self._other):
            task.cancel()


class TakesOut:
    async def start(self):
        self._task = asyncio.create_task(poll_for_ever())

    async def close(self):
        task, self._task = self._task, None
        if task:
            task.cancel()


class Awaits:
    async def start(self):
        self._task = asyncio.create_task(self._run())

    async def _run(self):
        while True:
            await asyncio.sleep(1)

    async def close(self):
        await self._task


class EndsByAFlag:
    async def start(self):
        self._running = True
        self._task = asyncio.create_task(self._run())

    async def _run(self):
        while self._running:
            await asyncio.sleep(1)

    async def close(self):
        self._running = False


class EndsByASentinel:
    async def start(self):
        self._queue = asyncio.Queue()
        self._task = asyncio.create_task(self._run())

    async def _run(self):
        while True:
            item = await self._queue.get()
            if item is None:
                return

    async def close(self):
        await self._queue.put(None)


class CancelsAll:
    def __init__(self):
        self._tasks = set()

    def start(self):
        task = asyncio.create_task(poll_for_ever())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self):
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class CancelsByKey:
    def __init__(self):
        self._tasks = {}

    def start(self, key):
        self._tasks[key] = asyncio.create_task(poll_for_ever())

    def close(self, key):
        self._tasks.pop(key).cancel()


class KeepsUntilDone:
    def __init__(self):
        self._tasks = set()

    def start(self):
        task = asyncio.create_task(once())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close(self):
        print("they end by themselves")


class Grouped:
    async def run(self):
        async with asyncio.TaskGroup() as group:
            self._task = group.create_task(poll_for_ever())

    async def close(self):
        print("the group waits")


class HandsOver:
    async def start(self, supervisor):
        self._task = asyncio.create_task(poll_for_ever())
        supervisor.watch(self._task)

    async def close(self):
        print("the supervisor cancels it")


class Registers:
    async def start(self, stack):
        self._task = asyncio.create_task(poll_for_ever())
        stack.callback(self._task.cancel)

    async def close(self):
        print("the stack cancels it")


class LivesAsLong:
    """The runner of the loop cancels it."""

    async def run(self):
        self.finisher = weakref.finalize(self, print)
        async with asyncio.timeout(5):
            self._task = asyncio.create_task(once())


@asynccontextmanager
async def good_lifespan(app):
    task = asyncio.create_task(poll_for_ever())
    yield
    task.cancel()


async def cleanup_ctx(app):
    app["task"] = asyncio.create_task(poll_for_ever())
    yield
    app["task"].cancel()
    await app["task"]


async def produces():
    task = asyncio.create_task(once())
    yield 1
    await task
    yield 2
