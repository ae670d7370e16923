"""Writes on what an object keeps."""

import databases


class Store:
    def __init__(self, db: databases.Database):
        self.db = db

    async def move(self, user):
        await self.db.execute("DELETE FROM queue WHERE id = :id", {"id": user})
        await self.db.execute("INSERT INTO done VALUES (:id)", {"id": user})  # finding: AW609
