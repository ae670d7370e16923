"""Sends figures to the time series."""

import asyncio
import logging
import socket

log = logging.getLogger(__name__)


class Sender:
    """Lines over TCP."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._writer: asyncio.StreamWriter | None = None

    async def connect(self) -> None:
        _, self._writer = await asyncio.open_connection(self._host, self._port)

    async def send(self, figures: dict[str, float]) -> None:
        if self._writer is None:
            await self.connect()
        for name, value in figures.items():
            self._writer.write(f"{name} {value}\n".encode())
        await self._writer.drain()

    async def resolves(self) -> bool:
        try:
            socket.getaddrinfo(self._host, self._port)
        except OSError:
            return False
        return True

    async def flush(self) -> None:
        try:
            await self.send({})
        except asyncio.CancelledError:
            log.info("not flushed")
