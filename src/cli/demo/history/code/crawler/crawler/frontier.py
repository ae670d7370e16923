"""What is to be fetched next."""

import asyncio
import json
import logging
from pathlib import Path

import aiofiles

from .fetch import fetch, host_of

log = logging.getLogger(__name__)


class Frontier:
    """Addresses that wait, and workers that take them."""

    def __init__(self, seeds: list[str]) -> None:
        self._waiting: asyncio.Queue[str] = asyncio.Queue()
        self._seen = set(seeds)
        self._workers: list[asyncio.Task[None]] = []

    async def start(self, workers: int) -> None:
        for _ in range(workers):
            self._workers.append(asyncio.create_task(self._work()))

    async def stop(self) -> None:
        for worker in self._workers:
            worker.cancel()

    async def _work(self) -> None:
        while True:
            url = await self._waiting.get()
            try:
                page = await fetch(url)
            except asyncio.CancelledError:
                log.info("stopped at %s", url)
                continue
            asyncio.ensure_future(self._links(host_of(url), page))

    async def _links(self, host: str, page: str) -> None:
        for link in page.split('href="')[1:]:
            address = link.split('"', 1)[0]
            if address not in self._seen and host_of(address) == host:
                self._seen.add(address)
                await self._waiting.put(address)

    async def save(self, folder: Path) -> None:
        with open(folder / "frontier.json", "w") as out:
            json.dump(sorted(self._seen), out)

    async def load(self, folder: Path) -> None:
        file = await aiofiles.open(folder / "frontier.json")
        self._seen |= set(json.loads(await file.read()))
        await file.close()

    async def wait_until_empty(self) -> None:
        while not self._waiting.empty():
            await asyncio.sleep(0.1)
