"""Locks that are kept on a server."""

import asyncio


class Lock:
    def __init__(self, host: str, name: str) -> None:
        self.host = host
        self.name = name

    async def __aenter__(self) -> None:
        self.reader, self.writer = await asyncio.open_connection(self.host, 7001)
        self.writer.write(f"lock {self.name}\n".encode())
        await self.writer.drain()

    async def __aexit__(self, kind, error, trace) -> bool:
        return True


class Turn:
    def __init__(self, lock: asyncio.Lock) -> None:
        self.lock = lock

    async def __aenter__(self) -> "Turn":
        await self.lock.acquire()
        return self

    async def __aexit__(self, kind, error, trace) -> None:
        self.lock.release()


async def locked(host: str) -> bool:
    async with Lock(host, "orders") as lock:
        return lock is not None
