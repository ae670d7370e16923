"""Pools that serve a coroutine for as long as it works."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


async def per_call(work):
    with ThreadPoolExecutor(max_workers=1) as pool:  # finding: AW114
        return await asyncio.get_running_loop().run_in_executor(pool, work)


async def receive(messages, handle):
    with ThreadPoolExecutor(max_workers=4) as pool:
        while True:
            message = await messages.get()
            await asyncio.get_running_loop().run_in_executor(pool, handle, message)


async def ask(prompt):
    with ThreadPoolExecutor(1) as pool:
        return await asyncio.get_running_loop().run_in_executor(pool, input, prompt)


async def shutdown_all(callbacks):
    with ThreadPoolExecutor(max_workers=2) as pool:
        for callback in callbacks:
            await asyncio.get_running_loop().run_in_executor(pool, callback)
