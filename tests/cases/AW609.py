"""Writes that may be torn apart or lost, and writes that may not."""

import aiomysql
import aiosqlite
import asyncpg

INSERT = "INSERT INTO orders VALUES ($1)"


async def on_one_connection(pool: asyncpg.Pool, user):
    async with pool.acquire() as connection:
        await connection.execute("INSERT INTO users VALUES ($1)", user)
        await connection.execute(INSERT, user)  # finding: AW609


async def on_a_pool(pool: asyncpg.Pool, user):
    number = await pool.fetchval("INSERT INTO users VALUES ($1) RETURNING id", user)
    if number:
        await pool.execute("UPDATE counts SET users = users + 1")  # finding: AW609


async def by_hand(connection: asyncpg.Connection):
    await connection.execute("BEGIN")  # finding: AW609
    await connection.execute("UPDATE users SET a = 1")
    await connection.execute("UPDATE users SET b = 1")
    await connection.execute("COMMIT")


async def by_hand_on_a_pool(pool: asyncpg.Pool):
    await pool.execute("BEGIN")  # finding: AW609
    await pool.execute("UPDATE users SET a = 1")
    await pool.execute("COMMIT")


async def lost():
    async with aiosqlite.connect("x.db") as database:
        await database.execute("INSERT INTO users VALUES (1)")  # finding: AW609


async def lost_by_cursor():
    connection = await aiomysql.connect(host="db")
    try:
        async with connection.cursor() as cursor:
            await cursor.execute("UPDATE users SET a = 1")  # finding: AW609
    finally:
        connection.close()


# Below nothing is torn apart.


async def in_a_transaction(pool: asyncpg.Pool, user):
    async with pool.acquire() as connection:
        async with connection.transaction():
            await connection.execute("INSERT INTO users VALUES ($1)", user)
            await connection.execute(INSERT, user)


async def started(connection: asyncpg.Connection):
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("UPDATE users SET a = 1")
    await connection.execute("UPDATE users SET b = 1")
    await transaction.commit()


async def held_by_the_caller(connection: asyncpg.Connection):
    await connection.execute("UPDATE users SET a = 1")
    await connection.execute("UPDATE users SET b = 1")


async def one_or_the_other(pool: asyncpg.Pool, new):
    if new:
        await pool.execute("INSERT INTO users VALUES (1)")
    else:
        await pool.execute("UPDATE users SET a = 1")


async def one_per_turn(pool: asyncpg.Pool, items):
    for item in items:
        if item.new:
            await pool.execute("INSERT INTO users VALUES ($1)", item.id)
            continue
        await pool.execute("UPDATE users SET a = $1", item.id)


async def progress(pool: asyncpg.Pool, job):
    await pool.execute("UPDATE jobs SET state = 'running'")
    await job.run()
    await pool.execute("UPDATE jobs SET state = 'done'")


async def schema(pool: asyncpg.Pool):
    await pool.execute("CREATE TABLE users (id int)")
    await pool.execute("CREATE TABLE orders (id int)")


async def read_and_write(pool: asyncpg.Pool):
    row = await pool.fetchrow("SELECT * FROM users")
    await pool.execute("UPDATE users SET a = $1", row["a"])


async def committed():
    async with aiosqlite.connect("x.db") as database:
        await database.execute("INSERT INTO users VALUES (1)")
        await database.execute("INSERT INTO users VALUES (2)")
        await database.commit()


async def commits_itself():
    async with aiosqlite.connect("x.db", isolation_level=None) as database:
        await database.execute("INSERT INTO users VALUES (1)")


async def handed_on(save):
    async with aiosqlite.connect("x.db") as database:
        await database.execute("INSERT INTO users VALUES (1)")
        await save(database)


async def read_only():
    async with aiosqlite.connect("x.db") as database:
        async with database.execute("SELECT * FROM users") as rows:
            return [row async for row in rows]


async def on_two_connections(pool: asyncpg.Pool):
    async with pool.acquire() as connection:
        await connection.execute("UPDATE users SET a = 1")
    async with pool.acquire() as connection:
        await connection.execute("UPDATE users SET b = 1")
