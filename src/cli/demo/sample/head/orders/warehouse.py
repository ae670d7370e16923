"""The warehouse's line protocol: one command per line, one answer per line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator


class WarehouseError(Exception):
    """The warehouse said no."""


class Warehouse:
    """Speaks to the warehouse; a connection per command, as the warehouse wants it."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port

    async def pick(self, order_id: int, skus: list[str]) -> None:
        answer = await self._ask(f"PICK {order_id} {','.join(skus)}")
        if answer != "OK":
            raise WarehouseError(answer)

    async def announce(self, order_id: int) -> None:
        await self._ask(f"ANNOUNCE {order_id}")

    async def reserve(self, order_id: int, skus: list[str]) -> None:
        await self._ask(f"RESERVE {order_id} {','.join(skus)}")

    async def follow(self) -> AsyncIterator[str]:
        """The warehouse's events as they come, one line each."""
        reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            writer.write(b"FOLLOW\n")
            await writer.drain()
            while line := await reader.readline():
                yield line.decode().strip()
        finally:
            writer.close()

    async def _ask(self, command: str) -> str:
        async with asyncio.timeout(10):
            reader, writer = await asyncio.open_connection(self._host, self._port)
            try:
                writer.write(f"{command}\n".encode())
                await writer.drain()
                line = await reader.readline()
            finally:
                writer.close()
                await writer.wait_closed()
        return line.decode().strip()
