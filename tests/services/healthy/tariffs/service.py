"""Suppliers go through a queue to workers."""

import asyncio
import logging
from contextlib import aclosing

from tariffs.client import Client
from tariffs.progress import Progress
from tariffs.reports import Archive
from tariffs.settings import Settings
from tariffs.store import Store

log = logging.getLogger(__name__)


class Service:
    def __init__(self, settings: Settings, client: Client, store: Store, archive: Archive) -> None:
        self._settings = settings
        self._client = client
        self._store = store
        self._archive = archive
        self._queue: asyncio.Queue[str] = asyncio.Queue(maxsize=100)
        self._progress = Progress()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Works until it is told to stop, or one of the tasks ends."""
        self._keep(asyncio.create_task(self._feed(), name="feed"))
        for number in range(self._settings.workers):
            self._keep(asyncio.create_task(self._work(), name=f"worker {number}"))
        stopped = asyncio.create_task(stop.wait(), name="stop")
        try:
            await asyncio.wait({stopped, *self._tasks}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            async with asyncio.timeout(30):
                await self._end({stopped, *self._tasks})

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("%s failed", task.get_name(), exc_info=error)

    async def _end(self, tasks: set[asyncio.Task]) -> None:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                log.error("a task failed while it ended", exc_info=result)

    async def _feed(self) -> None:
        """Puts each supplier on the queue, again and again."""
        while True:
            for supplier in self._settings.suppliers:
                await self._queue.put(supplier)
            await asyncio.sleep(self._settings.every)

    async def _work(self) -> None:
        while True:
            supplier = await self._queue.get()
            try:
                await self._collect(supplier)
            except asyncio.CancelledError:
                log.info("%s was not collected in full", supplier)
                raise
            except Exception:
                log.exception("%s was not collected", supplier)
            finally:
                self._queue.task_done()

    async def _collect(self, supplier: str) -> None:
        prices = []
        async with aclosing(self._client.pages(supplier, range(1, 11))) as pages:
            async for page in pages:
                prices.extend(tariff.cents for tariff in page)
                await self._store.replace(supplier, page)
        if prices:
            async with asyncio.timeout(600):
                await self._archive.report(supplier, prices)
        await self._progress.step(supplier)
