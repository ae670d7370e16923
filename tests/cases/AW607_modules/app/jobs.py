"""Connects once, and keeps it."""

import asyncio

from app.database import connect


class Listener:
    async def start(self):
        self.connection = await connect()
        await self.connection.add_listener("jobs", print)

    async def stop(self):
        await self.connection.close()


async def main():
    connection = await connect()
    try:
        await connection.execute("VACUUM")
    finally:
        await connection.close()


asyncio.run(main())
