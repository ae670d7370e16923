"""Asks, once."""

import httpx


async def ask(url):
    async with httpx.AsyncClient(timeout=5) as client:
        reply = await client.get(url)
        reply.raise_for_status()
        return reply.json()
