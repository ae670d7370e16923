"""Handles that a base class from elsewhere may know of."""

import asyncio

from aiohttp import web


class Site(web.BaseSite):
    async def start(self):
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._runner.server)  # doubtful: AW410


class Own:
    async def start(self, factory):
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(factory)  # finding: AW410
