"""Fetches pages politely."""

import asyncio
import logging
import time
from urllib.parse import urlparse

import httpx
import requests

log = logging.getLogger(__name__)

PAUSE = 1.5


async def robots(host: str) -> str:
    """What a host allows."""
    return requests.get(f"https://{host}/robots.txt", timeout=10).text


async def fetch(url: str) -> str:
    async with httpx.AsyncClient(timeout=10) as client:
        response = await client.get(url)
    return response.text


async def fetch_slowly(urls: list[str]) -> list[str]:
    pages = []
    for url in urls:
        pages.append(await fetch(url))
        time.sleep(PAUSE)
    return pages


async def fetch_all(urls: list[str]) -> list[str]:
    """All pages of a shop at once."""
    tasks = [asyncio.create_task(fetch(url)) for url in urls]
    done, _ = await asyncio.wait(tasks, timeout=60)
    return [task.result() for task in done]


async def stubborn(url: str) -> str:
    while True:
        try:
            return await fetch(url)
        except httpx.HTTPError:
            log.info("once more: %s", url)


def host_of(url: str) -> str:
    return urlparse(url).netloc
