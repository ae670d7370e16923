# repair: a coroutine
import asyncio

async def work(): ...

async def main():
    task = asyncio.ensure_future(work())
    await task
# becomes
import asyncio

async def work(): ...

async def main():
    task = asyncio.create_task(work(), name="work")
    await task
# repair: imported by its name
from asyncio import ensure_future


async def work(): ...


async def main():
    task = ensure_future(work())
    await task
# becomes
import asyncio
from asyncio import ensure_future


async def work(): ...


async def main():
    task = asyncio.create_task(work(), name="work")
    await task
