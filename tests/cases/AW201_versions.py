# target: 3.13
"""What newer versions allow."""

import asyncio


async def work(): ...


async def as_they_come():
    async for task in asyncio.as_completed([work()]):
        await task
