"""Writes transactions to the ledger."""

import asyncio
import logging

import asyncpg
import psycopg2

log = logging.getLogger(__name__)


class Ledger:
    """The ledger's tables."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._pool: asyncpg.Pool | None = None

    async def open(self) -> None:
        self._pool = await asyncpg.create_pool(self._dsn)

    async def book(self, rows: list[dict]) -> None:
        connection = await self._pool.acquire()
        for row in rows:
            await connection.execute(
                "INSERT INTO bookings (id, amount) VALUES ($1, $2)", row["id"], row["amount"]
            )
        await self._pool.release(connection)

    async def move(self, amount: int, source: str, target: str) -> None:
        async with self._pool.acquire() as connection:
            await connection.execute(
                "UPDATE accounts SET balance = balance - $1 WHERE id = $2", amount, source
            )
            await connection.execute(
                "UPDATE accounts SET balance = balance + $1 WHERE id = $2", amount, target
            )

    async def book_all(self, days: dict[str, list[dict]]) -> None:
        await asyncio.gather(*(self.book(rows) for rows in days.values()))


async def legacy_total(dsn: str) -> int:
    """The old ledger, until it is switched off."""
    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT sum(amount) FROM bookings")
        return cursor.fetchone()[0]
