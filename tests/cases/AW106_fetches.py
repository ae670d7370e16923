"""What waits for something is in a thread for that, whatever it does with it."""

import asyncio

import requests


def count():
    total = 0
    for number in range(10_000_000):
        total += number
    return total


def fetch(url):
    text = requests.get(url, timeout=5).text
    return text, count()


async def serve(url):
    await asyncio.to_thread(fetch, url)
    return await asyncio.to_thread(count)  # finding: AW106
