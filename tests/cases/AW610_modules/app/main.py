"""Executes a statement that another file names."""

import asyncpg

from app.statements import INSERT


async def one_by_one(connection: asyncpg.Connection, points):
    for point in points:
        await connection.execute(INSERT, point)  # finding: AW610


async def together(connection: asyncpg.Connection, points):
    await connection.executemany(INSERT, [(point,) for point in points])
