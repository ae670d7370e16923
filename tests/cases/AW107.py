"""Executors that nothing shuts down, and those that something does."""

import asyncio
import atexit
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack

_FORGOTTEN = ThreadPoolExecutor(max_workers=4)  # doubtful: AW107
_PROCESSES = ProcessPoolExecutor(max_workers=4)  # finding: AW107
KEPT = ThreadPoolExecutor(max_workers=4)
atexit.register(KEPT.shutdown)


async def per_call(work):
    loop = asyncio.get_running_loop()
    pool = ThreadPoolExecutor(max_workers=1)  # finding: AW107
    return await loop.run_in_executor(pool, work)


async def where_it_stands(work):
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(ThreadPoolExecutor(1), work)  # finding: AW107


def at_once(work):
    return ProcessPoolExecutor(1).submit(work)  # finding: AW107


class Service:
    def __init__(self):
        self._pool = ThreadPoolExecutor(max_workers=4)  # finding: AW107

    async def run(self, work):
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)


async def uses(work):
    return await asyncio.get_running_loop().run_in_executor(_FORGOTTEN, work)


# Everything below is shut down, or somebody else's.


async def with_block(work):
    with ThreadPoolExecutor(max_workers=1) as pool:
        return await asyncio.get_running_loop().run_in_executor(pool, work)


async def with_name(work):
    pool = ThreadPoolExecutor(max_workers=1)
    with pool:
        return await asyncio.get_running_loop().run_in_executor(pool, work)


async def by_hand(work):
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        return await asyncio.get_running_loop().run_in_executor(pool, work)
    finally:
        pool.shutdown(wait=False)


def with_stack(work):
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(max_workers=1))
        return pool.submit(work).result()


class Closes:
    def __init__(self, pool=None):
        self.pool = pool or ThreadPoolExecutor(max_workers=4)
        self.own = ThreadPoolExecutor(max_workers=4)

    async def close(self):
        await asyncio.to_thread(self.own.shutdown)


class Base:
    def close(self):
        self.workers.shutdown(wait=True)


class Derived(Base):
    def __init__(self):
        self.workers = ProcessPoolExecutor(max_workers=2)


class Hands:
    def __init__(self, closer):
        self.executor = ThreadPoolExecutor(max_workers=4)
        closer.register(self.executor)


def default(loop):
    loop.set_default_executor(ThreadPoolExecutor(max_workers=4))


def default_by_name(loop):
    pool = ThreadPoolExecutor(max_workers=4)
    loop.set_default_executor(pool)


def make():
    return ThreadPoolExecutor(max_workers=4)


def make_by_name():
    pool = ThreadPoolExecutor(max_workers=4)
    return pool


def many(names):
    return {name: ThreadPoolExecutor(max_workers=1) for name in names}
