"""Tasks without a name."""

import asyncio
from asyncio import create_task


async def work(): ...


class Client:
    async def _poll(self): ...

    def start(self):
        self.task = asyncio.create_task(self._poll())  # finding: AW207


async def every_spelling(loop: asyncio.AbstractEventLoop, coro):
    a = asyncio.create_task(work())  # finding: AW207
    b = create_task(work())  # finding: AW207
    c = loop.create_task(work())  # finding: AW207
    d = asyncio.create_task(coro)  # finding: AW207
    e = asyncio.create_task(work(),)  # finding: AW207
    async with asyncio.TaskGroup() as group:
        group.create_task(work())  # finding: AW207
    return a, b, c, d, e


async def named(options, args):
    a = asyncio.create_task(work(), name="work")
    b = asyncio.create_task(work(), **options)
    c = asyncio.create_task(work())
    c.set_name("work")
    d = asyncio.create_task(*args)
    e = asyncio.ensure_future(work())
    return a, b, c, d, e


async def shadowed(create_task, hass):
    create_task(work())
    hass.async_create_task(work())
