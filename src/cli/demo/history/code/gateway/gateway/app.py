"""Start and end of the gateway."""

import asyncio
import json
import logging
import socket

import redis
from aiohttp import web

from .presence import Presence
from .relay import Relay
from .rooms import Rooms

log = logging.getLogger(__name__)

ROOMS = web.AppKey("rooms", Rooms)
PRESENCE = web.AppKey("presence", Presence)


async def connect(request: web.Request) -> web.WebSocketResponse:
    """One socket of one browser."""
    socket_ = web.WebSocketResponse(heartbeat=20)
    await socket_.prepare(request)
    room = request.app[ROOMS].room(request.match_info["room"])
    room.join(socket_)
    asyncio.create_task(request.app[PRESENCE].seen(request["user"]))
    try:
        async for message in socket_:
            await room.say(json.loads(message.data))
    finally:
        room.leave(socket_)
    return socket_


async def which_node(request: web.Request) -> web.Response:
    """For the balancer: which machine answers."""
    address = socket.gethostbyname(socket.gethostname())
    return web.json_response({"node": address})


async def feature_flags(request: web.Request) -> web.Response:
    cache = redis.Redis(host="flags", socket_timeout=1)
    return web.json_response({"flags": len(cache.hgetall("flags"))})


async def start(app: web.Application) -> None:
    app["relay"] = asyncio.create_task(Relay(app[ROOMS]).run())


def make_app() -> web.Application:
    app = web.Application()
    app[ROOMS] = Rooms()
    app[PRESENCE] = Presence()
    app.on_startup.append(start)
    app.add_routes([web.get("/rooms/{room}", connect), web.get("/node", which_node)])
    app.add_routes([web.get("/flags", feature_flags)])
    return app
