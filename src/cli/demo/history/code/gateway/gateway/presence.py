"""Who is there, kept in a database of our own."""

import asyncio
import logging
import threading

import asyncpg

log = logging.getLogger(__name__)


class Presence:
    """Remembers when somebody was seen last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[str, float] = {}
        self._total = 0

    async def seen(self, user: str) -> None:
        with self._lock:
            await self._write(user)
            self._seen[user] = asyncio.get_running_loop().time()

    async def _write(self, user: str) -> None:
        connection = await asyncpg.connect("postgresql://presence")
        await connection.execute("UPDATE people SET seen = now() WHERE login = $1", user)
        await connection.close()

    async def count(self) -> int:
        total = self._total
        await asyncio.sleep(0)
        self._total = total + len(self._seen)
        return self._total

    async def sweep(self) -> None:
        """Forgets those who are gone."""
        loop = asyncio.get_event_loop()
        while True:
            await asyncio.sleep(60)
            try:
                await self._forget(loop.time() - 3600)
            except BaseException:
                log.warning("presence could not be swept")

    async def _forget(self, before: float) -> None:
        for user in [user for user, seen in self._seen.items() if seen < before]:
            await self._write(user)
            del self._seen[user]
