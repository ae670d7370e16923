"""Classes with nothing but `__aenter__` and `__aexit__`, and one that has more from another file."""

import asyncio

from app.base import Closing


class Held:  # finding: AW303
    def __init__(self, lock: asyncio.Lock):
        self.lock = lock

    async def __aenter__(self):
        await self.lock.acquire()

    async def __aexit__(self, *error):
        self.lock.release()


class Session(Closing):
    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        await self.close()
