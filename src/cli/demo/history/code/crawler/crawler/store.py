"""Where pages and prices are kept."""

import asyncio
import os
import sqlite3
from decimal import Decimal

import aiofiles.os
import asyncpg

POOL = asyncpg.create_pool("postgresql://prices")


async def keep(url: str, price: Decimal) -> None:
    with sqlite3.connect("/var/lib/crawler/prices.db") as database:
        database.execute("INSERT INTO prices VALUES (?, ?)", (url, str(price)))


async def keep_all(connection: asyncpg.Connection, prices: dict[str, Decimal]) -> None:
    for url, price in prices.items():
        await connection.execute("INSERT INTO prices (url, price) VALUES ($1, $2)", url, price)


async def forget(connection: asyncpg.Connection, url: str) -> None:
    await connection.execute("DELETE FROM prices WHERE url = $1", url)
    await connection.execute("DELETE FROM pages WHERE url = $1", url)


async def clean(folder: str) -> None:
    for name in await aiofiles.os.listdir(folder):
        os.remove(os.path.join(folder, name))


async def export(folder: str) -> None:
    process = await asyncio.create_subprocess_exec("pg_dump", "-f", f"{folder}/prices.sql")
    await asyncio.sleep(5)
    os.rename(f"{folder}/prices.sql", f"{folder}/latest.sql")
