"""Starts workers; another file waits for one of them."""

import asyncio

import httpx


async def poll(url):
    async with httpx.AsyncClient(timeout=5) as client:
        while True:
            await client.get(url)


async def drain(url):
    async with httpx.AsyncClient(timeout=5) as client:
        while True:  # finding: AW701
            await client.post(url)


class Jobs:
    def start(self):
        self.polling = asyncio.create_task(poll("http://a"))
        self.draining = asyncio.create_task(drain("http://a"))

    def stop(self):
        self.polling.cancel()
        self.draining.cancel()
