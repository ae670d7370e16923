"""Coroutines started with ensure_future."""

import asyncio
from asyncio import ensure_future

import httpx


async def work():
    pass


class Client:
    async def poll(self):
        pass

    async def run(self):
        self.task = asyncio.ensure_future(self.poll())  # finding: AW205
        return await self.task


async def every_spelling(client: httpx.AsyncClient):
    a = asyncio.ensure_future(work())  # finding: AW205
    b = ensure_future(work())  # finding: AW205
    c = asyncio.ensure_future(asyncio.sleep(1))  # finding: AW205
    d = asyncio.ensure_future(client.get("x"))  # finding: AW205
    e = asyncio.tasks.ensure_future(work())  # finding: AW205
    tasks = [asyncio.ensure_future(work()) for _ in range(2)]  # finding: AW205
    await asyncio.gather(a, b, c, d, e, *tasks)


async def with_a_name_for_it():
    coroutine = work()
    task = asyncio.ensure_future(coroutine)  # finding: AW205
    await task


# Below the argument may already be a future, or nothing is started.


async def given(awaitable, future: asyncio.Future, task: asyncio.Task):
    await asyncio.ensure_future(awaitable)
    await asyncio.ensure_future(future)
    await asyncio.ensure_future(task)
    await asyncio.ensure_future(make())
    await asyncio.ensure_future(asyncio.gather(work(), work()))
    await asyncio.ensure_future(asyncio.shield(work()))


async def right():
    task = asyncio.create_task(work())
    await task


def make():
    return work()


def plain():
    return work


async def shadowed(ensure_future):
    ensure_future(work())


class Own:
    def ensure_future(self, x):
        return x

    async def run(self):
        self.ensure_future(work())
