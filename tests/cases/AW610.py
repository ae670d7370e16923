"""Statements that are sent row by row, and statements that are not."""

import aiosqlite
import asyncpg

INSERT = "INSERT INTO points VALUES ($1)"


async def row_by_row(connection: asyncpg.Connection, rows):
    for row in rows:
        await connection.execute(INSERT, row)  # finding: AW610
    for row in rows:
        value = row * 2
        await connection.execute("UPDATE points SET x = $1", value)  # finding: AW610


async def row_by_row_in_a_file(rows):
    async with aiosqlite.connect("x.db") as database:
        for row in rows:
            await database.execute("INSERT INTO points VALUES (?)", (row,))  # finding: AW610
        await database.commit()


async def asked_one_by_one(pool: asyncpg.Pool, names):
    found = []
    async with pool.acquire() as connection:
        for name in names:
            row = await connection.fetchrow("SELECT * FROM users WHERE name = $1", name)  # finding: AW610
            found.append(row)
    return found


# Below statements are prepared, differ, or are sent for a reason one by one.


async def at_once(connection: asyncpg.Connection, rows):
    await connection.executemany(INSERT, rows)
    await connection.copy_records_to_table("points", records=rows)
    statement = await connection.prepare("SELECT * FROM users WHERE name = $1")
    for row in rows:
        print(await statement.fetchrow(row))


async def each_may_fail(connection: asyncpg.Connection, rows):
    for row in rows:
        try:
            await connection.execute(INSERT, row)
        except asyncpg.UniqueViolationError:
            print(row)


async def of_different_tables(connection: asyncpg.Connection, tables):
    for table in tables:
        await connection.execute(f"DELETE FROM {table} WHERE x = $1", 1)


async def with_other_work(connection: asyncpg.Connection, rows, fetch):
    for row in rows:
        point = await fetch(row)
        await connection.execute(INSERT, point)


async def until_found(connection: asyncpg.Connection, names):
    for name in names:
        row = await connection.fetchrow("SELECT * FROM users WHERE name = $1", name)
        if row:
            return row


async def commands(connection: asyncpg.Connection, statements):
    for statement in statements:
        await connection.execute(statement)
