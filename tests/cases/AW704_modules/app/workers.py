import logging
import sys

import httpx


async def consume(queue):
    while True:
        await httpx.AsyncClient().post("http://a", json=await queue.get())


async def careful(queue):
    while True:
        try:
            await httpx.AsyncClient().post("http://a", json=await queue.get())
        except Exception:
            logging.exception("an item was lost")


async def gives_up(queue):
    if await queue.get() is None:
        sys.exit(1)


async def stops(queue):
    if await queue.get() is None:
        return
