"""Messages from the other gateways."""

import asyncio
import json
import logging

from .rooms import Rooms

log = logging.getLogger(__name__)


class Relay:
    """Keeps one connection to the bus and hands on what comes."""

    def __init__(self, rooms: Rooms, host: str = "bus", port: int = 4222) -> None:
        self._rooms = rooms
        self._host = host
        self._port = port

    async def run(self) -> None:
        while True:
            reader, writer = await asyncio.open_connection(self._host, self._port)
            while line := await reader.readline():
                message = json.loads(line)
                await self._rooms.room(message["room"]).say(message)

    async def publish(self, message: dict) -> None:
        reader, writer = await asyncio.open_connection(self._host, self._port)
        writer.write(json.dumps(message).encode() + b"\n")
        await writer.drain()
        writer.close()

    async def publish_all(self, messages: list[dict]) -> None:
        results = await asyncio.gather(
            *(self.publish(message) for message in messages), return_exceptions=True
        )
        log.info("%d messages published", len(messages))

    async def again(self, message: dict) -> None:
        for _ in range(10):
            try:
                await self.publish(message)
                return
            except OSError:
                await asyncio.sleep(1)
