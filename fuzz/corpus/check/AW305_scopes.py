"""Scopes of trio, anyio and of libraries upon them; a plain generator leaves them as badly."""

import asgi_lifespan
import trio
import trio_websocket
from anyio.from_thread import start_blocking_portal


async def polled(sensor):
    with trio.CancelScope() as scope:
        while not scope.cancel_called:
            yield await sensor.read()  # finding: AW305


def stepwise(steps):
    with trio.fail_at(trio.current_time() + 5):
        for step in steps:
            yield step  # finding: AW305


async def messages(url):
    async with trio_websocket.open_websocket_url(url) as socket:
        while True:
            yield await socket.get_message()  # finding: AW305


async def running(app):
    async with asgi_lifespan.LifespanManager(app) as manager:
        yield manager.app  # finding: AW305


def portal():
    with start_blocking_portal() as opened:
        yield opened  # finding: AW305


def listed():
    with start_blocking_portal() as opened:
        yield opened


FIXTURES = [listed]


async def read_within(sensor):
    while True:
        with trio.move_on_at(trio.current_time() + 5):
            value = await sensor.read()
        yield value


async def sent_on(sensor, channel):
    with trio.CancelScope():
        await channel.send(await sensor.read())
