"""Orders in PostgreSQL."""

from contextlib import aclosing

import asyncpg


class Store:
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def add(self, order: dict) -> None:
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute("INSERT INTO orders (id) VALUES ($1)", order["id"])
            await connection.execute(
                "UPDATE shops SET orders = orders + 1 WHERE id = $1", order["shop"]
            )

    async def lines(self, order: dict) -> None:
        rows = [(order["id"], line["sku"]) for line in order["lines"]]
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.executemany("INSERT INTO lines (id, sku) VALUES ($1, $2)", rows)

    async def count(self) -> int:
        return await self.pool.fetchval("SELECT count(*) FROM orders")

    async def rows(self):
        async with self.pool.acquire() as connection, connection.transaction():
            async for row in connection.cursor("SELECT id, shop FROM orders"):
                yield row

    async def ids(self) -> list[int]:
        return [row["id"] async for row in self.rows()]

    async def shops(self) -> list[str]:
        return [row["shop"] async for row in self.rows()]

    async def first(self, shop: str):
        async with aclosing(self.rows()) as rows:
            async for row in rows:
                if row["shop"] == shop:
                    return row
        return None
