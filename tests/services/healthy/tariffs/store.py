"""Tariffs in PostgreSQL."""

from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing, asynccontextmanager

import asyncpg

from tariffs.client import Tariff

UPSERT = """
    INSERT INTO tariffs (supplier, name, cents) VALUES ($1, $2, $3)
    ON CONFLICT (supplier, name) DO UPDATE SET cents = EXCLUDED.cents
"""


class Store:
    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def replace(self, supplier: str, tariffs: Iterable[Tariff]) -> None:
        """Writes a supplier's tariffs and notes the time, both or neither."""
        rows = [(it.supplier, it.name, it.cents) for it in tariffs]
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.executemany(UPSERT, rows)
            await connection.execute("UPDATE suppliers SET seen = now() WHERE name = $1", supplier)

    async def cheapest(self, regions: list[str]) -> dict[str, int | None]:
        """The lowest price in each of the regions."""
        async with self._pool.acquire() as connection:
            lowest = await connection.prepare("SELECT min(cents) FROM offers WHERE region = $1")
            return {region: await lowest.fetchval(region) for region in regions}

    async def dump(self) -> AsyncIterator[Tariff]:
        """Everything, without holding it in memory."""
        async with self._pool.acquire() as connection, connection.transaction():
            async for row in connection.cursor("SELECT supplier, name, cents FROM tariffs"):
                yield Tariff(row["supplier"], row["name"], row["cents"])

    async def first(self, supplier: str) -> Tariff | None:
        async with aclosing(self.dump()) as rows:
            async for tariff in rows:
                if tariff.supplier == supplier:
                    return tariff
        return None

    async def names(self) -> list[str]:
        return [tariff.name async for tariff in self.dump()]


@asynccontextmanager
async def opened_store(database: str) -> AsyncIterator[Store]:
    pool = await asyncpg.create_pool(database, min_size=2, max_size=10, command_timeout=30)
    async with pool:
        yield Store(pool)
