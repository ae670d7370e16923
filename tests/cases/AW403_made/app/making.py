"""Connects for owners in other files."""

import aio_pika


async def dial(url):
    return await aio_pika.connect_robust(url)
