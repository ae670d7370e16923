"""Locks that are kept on a server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self


class Lock:
    def __init__(self, host: str, name: str) -> None:
        self.host = host
        self.name = name

    async def __aenter__(self) -> Self:
        async with asyncio.timeout(10):
            self.reader, self.writer = await asyncio.open_connection(self.host, 7001)
            self.writer.write(f"lock {self.name}\n".encode())
            await self.writer.drain()
        return self

    async def __aexit__(self, kind, error, trace) -> None:
        self.writer.close()
        await self.writer.wait_closed()


@asynccontextmanager
async def turn(lock: asyncio.Lock) -> AsyncIterator[None]:
    await lock.acquire()
    try:
        yield
    finally:
        lock.release()


async def locked(host: str) -> bool:
    async with Lock(host, "orders") as lock:
        return lock is not None
