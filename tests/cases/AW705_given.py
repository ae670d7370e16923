"""How much a parameter holds is told by what it is named for."""

import asyncio

import httpx


async def every_url(client: httpx.AsyncClient, target_urls):
    return await asyncio.gather(*[client.get(url) for url in target_urls])  # finding: AW705


async def attachments_of_a_message(client: httpx.AsyncClient, attachments):
    return await asyncio.gather(*[client.get(it.url) for it in attachments])  # doubtful: AW705


async def listeners_of_an_event(client: httpx.AsyncClient, listeners, event):
    return await asyncio.gather(*[client.post(it, json=event) for it in listeners])  # doubtful: AW705


async def all_that_is_stored(client: httpx.AsyncClient, store):
    return await asyncio.gather(*[client.get(it) for it in await store.listeners()])  # finding: AW705
