"""Writes on connections that others hand over."""

import asyncpg
import databases


async def move(connection: asyncpg.Connection, user):
    await connection.execute("DELETE FROM queue WHERE id = $1", user)
    await connection.execute("INSERT INTO done VALUES ($1)", user)


async def move_deeply(connection: asyncpg.Connection, user):
    await connection.execute("DELETE FROM queue WHERE id = $1", user)
    await connection.execute("INSERT INTO done VALUES ($1)", user)


async def between(connection: asyncpg.Connection, user):
    await move_deeply(connection, user)


async def move_alone(connection: asyncpg.Connection, user):
    await connection.execute("DELETE FROM queue WHERE id = $1", user)
    await connection.execute("INSERT INTO done VALUES ($1)", user)  # finding: AW609


class Store:
    def __init__(self, db: databases.Database):
        self.db = db

    async def held(self, user):
        await self.db.execute("DELETE FROM queue WHERE id = :id", {"id": user})
        await self.db.execute("INSERT INTO done VALUES (:id)", {"id": user})

    async def alone(self, user):
        await self.db.execute("DELETE FROM queue WHERE id = :id", {"id": user})
        await self.db.execute("INSERT INTO done VALUES (:id)", {"id": user})  # finding: AW609
