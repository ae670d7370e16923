"""Executors made again and again, and once."""

import asyncio
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import asynccontextmanager

POOL = ThreadPoolExecutor(max_workers=4)


async def with_block(work):
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(max_workers=1) as pool:  # finding: AW114
        return await loop.run_in_executor(pool, work)


async def local(work):
    loop = asyncio.get_running_loop()
    pool = ProcessPoolExecutor(max_workers=1)  # finding: AW114
    try:
        return await loop.run_in_executor(pool, work)
    finally:
        pool.shutdown()


async def where_it_stands(work):
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(ThreadPoolExecutor(1), work)  # finding: AW114


def in_a_loop(items, work):
    for item in items:
        with ThreadPoolExecutor(max_workers=2) as pool:  # finding: AW114
            pool.submit(work, item)


class Handler:
    async def get(self, work):
        with ThreadPoolExecutor(2) as pool:  # finding: AW114
            return await asyncio.wrap_future(pool.submit(work))


# Nothing below is made more than once.


async def shared(work):
    return await asyncio.get_running_loop().run_in_executor(POOL, work)


async def main():
    with ThreadPoolExecutor(max_workers=4) as pool:
        await asyncio.get_running_loop().run_in_executor(pool, print)


async def entry(work):
    with ThreadPoolExecutor(max_workers=4) as pool:
        await asyncio.get_running_loop().run_in_executor(pool, work)


@asynccontextmanager
async def pool_for_the_program(app):
    with ThreadPoolExecutor(max_workers=4) as pool:
        app.pool = pool
        yield


class Service:
    def __init__(self):
        self.pool = ThreadPoolExecutor(max_workers=4)

    async def open(self):
        self.other = ThreadPoolExecutor(max_workers=4)
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(max_workers=4))


def make():
    return ThreadPoolExecutor(max_workers=4)


def script(items, work):
    with ThreadPoolExecutor(max_workers=4) as pool:
        return list(pool.map(work, items))


if __name__ == "__main__":
    asyncio.run(entry(print))
