"""Rooms and who is in them."""

import asyncio
import logging
import time

from aiohttp import web

log = logging.getLogger(__name__)


class Room:
    """Everybody who hears the same messages."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.sockets: set[web.WebSocketResponse] = set()
        self.said = 0
        self.backlog: asyncio.Queue[dict] = asyncio.Queue()

    def join(self, socket: web.WebSocketResponse) -> None:
        self.sockets.add(socket)

    def leave(self, socket: web.WebSocketResponse) -> None:
        self.sockets.discard(socket)

    async def say(self, message: dict) -> None:
        """To all at once."""
        await asyncio.gather(*(socket.send_json(message) for socket in self.sockets))
        self.said += 1

    async def drain(self) -> None:
        """Sends what came while the room was being moved."""
        while True:
            message = await self.backlog.get()
            await self.say(message)

    async def close(self) -> None:
        for socket in self.sockets:
            try:
                await socket.close()
            except Exception:
                pass
        time.sleep(0.2)


class Rooms:
    """All rooms of this process."""

    def __init__(self) -> None:
        self._rooms: dict[str, Room] = {}

    def room(self, name: str) -> Room:
        return self._rooms.setdefault(name, Room(name))

    async def listen(self, source: asyncio.StreamReader, name: str) -> None:
        room = self.room(name)
        while line := await source.readline():
            await room.backlog.put({"text": line.decode()})

    async def move(self, name: str, other: "Rooms") -> None:
        """Hands a room to another process."""
        room = self._rooms[name]
        drain = asyncio.create_task(room.drain())
        await asyncio.sleep(1)
        drain.cancel()
        other._rooms[name] = room
