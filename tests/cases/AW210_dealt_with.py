"""Coroutines that deal with their failures somewhere below, and tasks that others keep."""

import asyncio
import logging

logger = logging.getLogger(__name__)


async def fetch(url):
    try:
        return await ask(url)
    except Exception:
        logger.exception("not fetched")
        return None


async def ask(url):
    await asyncio.sleep(1)
    return url


class Crawler:
    def __init__(self):
        self.turns = asyncio.Semaphore(3)
        self.results = asyncio.Queue()
        self.tasks = set()

    async def one(self, url):
        async with self.turns:
            await fetch(url)
        await self.results.put(url)

    async def careless(self, url):
        async with self.turns:
            await ask(url)

    async def all(self, urls):
        await asyncio.gather(*[self.one(url) for url in urls], return_exceptions=True)

    async def all_carelessly(self, urls):
        await asyncio.gather(*[self.careless(url) for url in urls], return_exceptions=True)  # finding: AW210

    async def wait_for_those_that_run(self):
        while self.tasks:
            tasks = list(self.tasks)
            await asyncio.gather(*tasks, return_exceptions=True)  # doubtful: AW210


class Reader:
    def __init__(self, pages):
        self.pages = pages

    async def read_all(self, names):
        results = asyncio.Queue()

        async def read(name):
            try:
                async for line in self.pages.lines(name):
                    await results.put(line)
            except Exception:
                logger.exception("not read")
            finally:
                await results.put(None)

        tasks = [asyncio.create_task(read(name)) for name in names]
        await asyncio.gather(*tasks, return_exceptions=True)

    async def read_carelessly(self, names):
        results = asyncio.Queue()

        async def read(name):
            async for line in self.pages.lines(name):
                await results.put(line)

        tasks = [asyncio.create_task(read(name)) for name in names]
        await asyncio.gather(*tasks, return_exceptions=True)  # finding: AW210


async def drains():
    pending = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*pending, return_exceptions=True)  # doubtful: AW210


async def drains_all():
    pending = asyncio.all_tasks()
    await asyncio.gather(*pending, return_exceptions=True)  # doubtful: AW210


async def terminate_all(calls):
    await asyncio.gather(*[ask(call) for call in calls], return_exceptions=True)


LOADING: dict = {}


async def waits_for_the_one_that_loads(key):
    loading = LOADING.pop(key, None)
    if loading is not None:
        await asyncio.wait((loading,))


async def waits_for_its_own(url):
    loading = asyncio.create_task(ask(url))
    await asyncio.wait((loading,))  # finding: AW210
