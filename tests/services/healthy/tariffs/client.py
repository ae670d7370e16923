"""What suppliers are asked, over one session with limits."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

log = logging.getLogger(__name__)

TRIES = 5
LONGEST_PAUSE = 30.0


@dataclass(frozen=True)
class Tariff:
    supplier: str
    name: str
    cents: int


class Client:
    """Asks suppliers, a few at a time."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._slots = asyncio.Semaphore(8)

    async def page(self, supplier: str, number: int) -> list[Tariff]:
        """One page of a supplier's list; asked again when the network is at fault."""
        for attempt in range(TRIES):
            try:
                return await self._page(supplier, number)
            except (aiohttp.ClientConnectionError, TimeoutError) as error:
                if attempt == TRIES - 1:
                    raise
                pause = min(LONGEST_PAUSE, 0.5 * 2**attempt) * random.uniform(0.5, 1.0)
                log.warning("%s: %s; again in %.1f s", supplier, error, pause)
                await asyncio.sleep(pause)
        return []

    async def _page(self, supplier: str, number: int) -> list[Tariff]:
        url = f"https://{supplier}/tariffs"
        async with self._slots, self._session.get(url, params={"page": number}) as response:
            response.raise_for_status()
            rows = await response.json()
        return [Tariff(supplier, row["name"], row["cents"]) for row in rows]

    async def pages(self, supplier: str, numbers: range) -> AsyncIterator[list[Tariff]]:
        """Pages in the order in which they arrive."""
        tasks = [
            asyncio.create_task(self.page(supplier, number), name=f"page {number} of {supplier}")
            for number in numbers
        ]
        try:
            for finished in asyncio.as_completed(tasks, timeout=120):
                yield await finished
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def overview(self, supplier: str) -> tuple[dict, dict]:
        """Who the supplier is and what it charges for the net, asked at the same time."""
        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            profile = group.create_task(self._document(supplier, "profile"), name="profile")
            fees = group.create_task(self._document(supplier, "fees"), name="fees")
        return profile.result(), fees.result()

    async def _document(self, supplier: str, name: str) -> dict:
        async with self._slots, self._session.get(f"https://{supplier}/{name}") as response:
            return await response.json()


@asynccontextmanager
async def opened_client() -> AsyncIterator[Client]:
    connector = aiohttp.TCPConnector(limit=40, limit_per_host=8)
    timeout = aiohttp.ClientTimeout(total=20)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        yield Client(session)
