import logging

import httpx


async def store(item): ...


async def consume(queue):
    while True:
        item = await queue.get()
        await httpx.AsyncClient().post("http://a", json=item)


async def poll():
    while True:
        await fetch()


async def fetch():
    async with httpx.AsyncClient() as client:
        await client.get("http://a")


async def careful(queue):
    while True:
        item = await queue.get()
        try:
            await httpx.AsyncClient().post("http://a", json=item)
        except Exception:
            logging.exception("an item was lost")


async def watched(queue):
    while True:
        await fetch()
