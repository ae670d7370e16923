"""Orders in PostgreSQL."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from decimal import Decimal

import asyncpg

AUDIT_FILE = "/var/lib/orders/trail.sqlite"


@dataclass(frozen=True)
class Order:
    id: int
    customer: str
    skus: list[str]
    total: Decimal
    state: str = "new"


class OrderRepository:
    """All SQL of the service, on one pool."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def add(self, customer: str, skus: list[str], total: Decimal) -> Order:
        async with self._pool.acquire() as connection:
            id_ = await connection.fetchval(
                "INSERT INTO orders (customer, skus, total) VALUES ($1, $2, $3) RETURNING id",
                customer,
                skus,
                total,
            )
        return Order(id_, customer, skus, total)

    async def get(self, id_: int) -> Order | None:
        async with self._pool.acquire() as connection:
            row = await connection.fetchrow("SELECT * FROM orders WHERE id = $1", id_)
        return Order(**row) if row else None

    async def set_state(self, id_: int, state: str) -> None:
        async with self._pool.acquire() as connection:
            await connection.execute("UPDATE orders SET state = $2 WHERE id = $1", id_, state)
        await self._audit(id_, state)

    async def _audit(self, id_: int, state: str) -> None:
        """Keeps a local trail that outlives the database."""
        with sqlite3.connect(AUDIT_FILE) as trail:
            trail.execute("INSERT INTO trail (order_id, state) VALUES (?, ?)", (id_, state))

    async def open_orders(self) -> list[Order]:
        async with self._pool.acquire() as connection:
            rows = await connection.fetch("SELECT * FROM orders WHERE state = 'new'")
        return [Order(**row) for row in rows]


async def count_orders(dsn: str) -> int:
    """For the health check, which has no pool."""
    connection = await asyncpg.connect(dsn, timeout=3)
    count = await connection.fetchval("SELECT count(*) FROM orders")
    await connection.close()
    return count
