"""How far the service is, for whoever asks."""

import asyncio
from pathlib import Path

import aiofiles

FILE = Path("/run/tariffs/progress")


class Progress:
    def __init__(self) -> None:
        self._changed = asyncio.Condition()
        self._lock = asyncio.Lock()
        self._done: dict[str, int] = {}

    async def step(self, supplier: str) -> None:
        async with self._lock:
            count = await self._written(supplier)
            self._done[supplier] = count
        async with self._changed:
            self._changed.notify_all()

    async def _written(self, supplier: str) -> int:
        count = self._done.get(supplier, 0) + 1
        async with aiofiles.open(FILE, "a") as file:
            await file.write(f"{supplier} {count}\n")
        return count

    async def reached(self, supplier: str, count: int) -> None:
        """Waits until a supplier was collected so often."""
        async with asyncio.timeout(3600), self._changed:
            await self._changed.wait_for(lambda: self._done.get(supplier, 0) >= count)


class Watched:
    """The progress as it is when somebody looks, from threads too: `loop` is that of the service."""

    def __init__(self, progress: Progress, loop: asyncio.AbstractEventLoop) -> None:
        self._progress = progress
        self._loop = loop

    def step(self, supplier: str) -> None:
        """To be called from a thread; waits until the step is noted."""
        asyncio.run_coroutine_threadsafe(self._progress.step(supplier), self._loop).result(10)
