"""A connection before there can be a pool."""

import asyncpg


class Database:
    def __init__(self, dsn):
        self.dsn = dsn

    async def create_pool_once(self):
        connection = await asyncpg.connect(self.dsn)  # doubtful: AW607
        try:
            await connection.execute("SET TIME ZONE 'UTC'")
        finally:
            await connection.close()
        return await asyncpg.create_pool(self.dsn)

    async def version(self):
        connection = await asyncpg.connect(self.dsn)  # finding: AW607
        try:
            return await connection.fetchval("SELECT version()")
        finally:
            await connection.close()
