"""Loops that wait by sleeping, and loops that sleep for other reasons."""

import asyncio
import os
import time
from asyncio import sleep

import anyio
import redis.asyncio as redis
import trio

ready = False


async def flags(event: asyncio.Event, queue: asyncio.Queue):
    while not ready:  # finding: AW112
        await asyncio.sleep(0.1)
    while not ready:  # finding: AW112
        await sleep(0)
    while not event.is_set():  # finding: AW112
        await asyncio.sleep(1)
    while queue.empty():  # finding: AW112
        await anyio.sleep(1)
    while True:  # finding: AW112
        await trio.sleep(10)
    while 1:  # finding: AW112
        await asyncio.sleep(3600)


class Client:
    connected = False
    pending = ()
    state = {}

    async def wait(self):
        while not self.connected:  # finding: AW112
            await asyncio.sleep(0.05)
        while len(self.pending) > 10:  # finding: AW112
            await asyncio.sleep(0.05)
        while self.state["status"] == "pending":  # finding: AW112
            await asyncio.sleep(0.05)
        while not self.is_open():  # finding: AW112
            await asyncio.sleep(0.05)
        while True:  # finding: AW112
            if self.connected:
                break
            await asyncio.sleep(0.05)
        while True:  # finding: AW112
            await asyncio.sleep(0.05)
            if self.connected:
                return

    def is_open(self):
        return self.connected


# Nothing below waits for state of the program by sleeping.


async def periodic(work, stopped):
    while not stopped:
        await work()
        await asyncio.sleep(60)
    while True:
        work()
        await asyncio.sleep(60)
    for _ in range(3):
        await asyncio.sleep(1)


async def outside(path, process, client: redis.Redis, deadline):
    while not os.path.exists(path):
        await asyncio.sleep(1)
    while not path.exists():
        await asyncio.sleep(1)
    while process.poll() is None:
        await asyncio.sleep(1)
    while not await client.get("done"):
        await asyncio.sleep(1)
    while time.monotonic() < deadline:
        await asyncio.sleep(1)


async def counts():
    left = 3
    while left:
        left -= 1
        await asyncio.sleep(1)


async def events(event: asyncio.Event, condition: asyncio.Condition):
    await event.wait()
    async with condition:
        await condition.wait_for(lambda: ready)


async def other_sleeps(driver):
    while not ready:
        await driver.sleep(1)


class Feed:
    ready = False

    async def until_ready(self):
        while True:  # finding: AW112
            if not self.ready:
                await asyncio.sleep(1)
                continue
            else:
                return

    async def until_closed(self, connection):
        while connection.is_open():  # finding: AW112
            attempts = 0
            await asyncio.sleep(0)
        return attempts

    async def polls(self, connection):
        while True:
            if await connection.is_open():
                await asyncio.sleep(1)
            else:
                return

    async def works(self, connection):
        while True:
            if not self.ready:
                await connection.beat()
                await asyncio.sleep(1)
            else:
                return
