"""Uses pools of another file's making."""

import asyncio

from app.pools import POOL, make_pool


async def never_shut_down(path):
    pool = make_pool()  # finding: AW107
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(pool, print, path)


async def shut_down(path):
    loop = asyncio.get_running_loop()
    with make_pool() as pool:
        await loop.run_in_executor(pool, print, path)


async def main():
    loop = asyncio.get_running_loop()
    try:
        await loop.run_in_executor(POOL, print, "a")
    finally:
        POOL.shutdown()
