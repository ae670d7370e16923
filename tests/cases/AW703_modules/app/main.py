"""Tries again what another file asks."""

import asyncio
import random

from app.client import ask


async def at_once(url):
    while True:
        try:
            return await ask(url)
        except OSError:  # finding: AW703
            continue


async def growing(url):
    for attempt in range(5):
        try:
            return await ask(url)
        except OSError:
            await asyncio.sleep(min(60, 2**attempt) * random.uniform(0.5, 1))
    raise TimeoutError
