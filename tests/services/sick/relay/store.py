"""Orders in PostgreSQL."""

import asyncpg
import psycopg2


class Store:
    async def open(self, database: str) -> None:
        self.pool = await asyncpg.create_pool(database)
        self.listener = await asyncpg.connect(database)

    async def add(self, order: dict) -> None:
        connection = await asyncpg.connect("postgresql://relay@db/relay")
        await connection.execute("INSERT INTO orders (id) VALUES ($1)", order["id"])
        await connection.execute("UPDATE shops SET orders = orders + 1 WHERE id = $1", order["shop"])

    async def lines(self, order: dict) -> None:
        async with self.pool.acquire() as connection:
            for line in order["lines"]:
                await connection.execute(
                    "INSERT INTO lines (id, sku) VALUES ($1, $2)", order["id"], line["sku"]
                )

    async def count(self) -> int:
        connection = psycopg2.connect("dbname=relay")
        cursor = connection.cursor()
        cursor.execute("SELECT count(*) FROM orders")
        return cursor.fetchone()[0]

    async def rows(self):
        async with self.pool.acquire() as connection, connection.transaction():
            async for row in connection.cursor("SELECT id, shop FROM orders"):
                yield row

    async def ids(self) -> list[int]:
        found = []
        async for row in self.rows():
            found.append(row["id"])
        return found

    async def shops(self) -> list[str]:
        return [row["shop"] for row in self.rows()]

    async def first(self, shop: str):
        async for row in self.rows():
            if row["shop"] == shop:
                return row
        return None
