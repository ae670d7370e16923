import asyncpg
import aiomysql
from sqlalchemy.ext.asyncio import create_async_engine


class Store:
    async def start(self):
        self.pool = await asyncpg.create_pool("postgres://db", max_size=4)  # finding: AW608

    async def names(self):
        async with self.pool.acquire() as connection:
            return await connection.fetch("select name from users")


class Disposed:
    def __init__(self):
        self.engine = create_async_engine("postgresql+asyncpg://db", pool_size=4)

    async def close(self):
        await self.engine.dispose()


class EngineKept:
    def __init__(self):
        self.sql_engine = create_async_engine("postgresql+asyncpg://db", pool_size=4)  # finding: AW608

    def begin(self):
        return self.sql_engine.begin()


class Terminated:
    async def start(self):
        self.mysql = await aiomysql.create_pool(host="db", maxsize=4)

    async def stop(self):
        self.mysql.terminate()
        await self.mysql.wait_closed()


async def on_startup(app):
    app["db"] = await asyncpg.create_pool("postgres://db", max_size=4)  # finding: AW608


async def on_startup_closed(app):
    app["database"] = await asyncpg.create_pool("postgres://db", max_size=4)


async def on_cleanup(app):
    await app["database"].close()


async def context(app):
    app["ctx"] = await asyncpg.create_pool("postgres://db", max_size=4)
    yield
    await app["ctx"].close()


async def lifespan(app):
    app.state.pool_of_app = await asyncpg.create_pool("postgres://db", max_size=4)
    yield
    await app.state.pool_of_app.close()


async def lifespan_open(app):
    app.state.open_pool = await asyncpg.create_pool("postgres://db", max_size=4)  # finding: AW608
    yield
