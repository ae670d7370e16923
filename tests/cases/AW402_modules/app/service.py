"""Starts coroutines that a base class in another file defines."""

import asyncio

from app.clients import connect
from app.workers import Base


class Early(Base):
    async def start(self):
        self.worker = asyncio.create_task(self.consume())  # finding: AW402
        self.client = await connect()

    async def stop(self):
        self.worker.cancel()
        await asyncio.gather(self.worker, return_exceptions=True)


class InOrder(Base):
    async def start(self):
        self.client = await connect()
        self.worker = asyncio.create_task(self.consume())

    async def stop(self):
        self.worker.cancel()
        await asyncio.gather(self.worker, return_exceptions=True)


class WaitsFirst(Base):
    async def start(self):
        self.worker = asyncio.create_task(self.listen())
        self.client = await connect()
