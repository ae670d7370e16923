"""Connections that are made again and again, and connections that are made once."""

import asyncio

import aiomysql
import aiosqlite
import asyncpg
import psycopg
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import create_async_engine

app = FastAPI()
DSN = "postgres://db/app"


@app.get("/users")
async def users():
    connection = await asyncpg.connect(DSN)  # finding: AW607
    try:
        return await connection.fetch("select * from users")
    finally:
        await connection.close()


@app.get("/orders")
async def orders():
    async with await psycopg.AsyncConnection.connect(DSN) as connection:  # finding: AW607
        return await connection.execute("select * from orders")


@app.get("/pool")
async def pool_per_request():
    async with asyncpg.create_pool(DSN) as pool:  # finding: AW607
        return await pool.fetch("select 1")


@app.get("/engine")
async def engine_per_request():
    engine = create_async_engine(DSN)  # finding: AW607
    async with engine.connect() as connection:
        return await connection.scalar("select 1")


class Store:
    async def user(self, name):
        connection = await asyncpg.connect(DSN)  # finding: AW607
        try:
            return await connection.fetchrow("select * from users where name = $1", name)
        finally:
            await connection.close()

    async def order(self, number):
        async with aiomysql.connect(host="db") as connection:  # finding: AW607
            async with connection.cursor() as cursor:
                await cursor.execute("select 1", number)

    async def elsewhere(self, dsn):
        connection = await asyncpg.connect(dsn)  # finding: AW607
        await connection.close()


async def in_a_loop(names):
    for name in names:
        connection = await asyncpg.connect(DSN)  # finding: AW607
        await connection.execute("select $1", name)
        await connection.close()


# Below connections are made once, stay open, or are meant for one purpose.


async def main():
    connection = await asyncpg.connect(DSN)
    await connection.execute("select 1")
    await connection.close()


async def lifespan(app):
    app.state.pool = await asyncpg.create_pool(DSN)
    yield
    await app.state.pool.close()


class Connected:
    async def start(self):
        self.connection = await asyncpg.connect(DSN)

    async def listen(self):
        connection = await asyncpg.connect(DSN)
        await connection.add_listener("jobs", print)
        await asyncio.sleep(3600)
        await connection.close()

    async def follow(self):
        connection = await asyncpg.connect(DSN)
        while True:
            print(await connection.fetch("select 1"))
            await asyncio.sleep(1)

    async def retry(self):
        while True:
            try:
                connection = await asyncpg.connect(DSN)
                await connection.execute("select 1")
                break
            except OSError:
                await asyncio.sleep(1)

    async def from_the_pool(self, pool: asyncpg.Pool):
        async with pool.acquire() as connection:
            return await connection.fetch("select 1")

    async def create(self, name):
        connection = await asyncpg.connect(DSN)
        await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()

    async def give(self):
        return await asyncpg.connect(DSN)


async def each_of_several(databases):
    for dsn in databases:
        connection = await asyncpg.connect(dsn)
        print(await connection.fetchval("select 1"))
        await connection.close()


@app.get("/file")
async def a_file_is_no_server():
    async with aiosqlite.connect("x.db") as database:
        return await database.execute_fetchall("select 1")


async def test_something():
    connection = await asyncpg.connect(DSN)
    await connection.execute("select 1")
    await connection.close()
