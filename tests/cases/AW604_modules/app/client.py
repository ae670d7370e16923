"""Sends requests for other files."""

import aiohttp


class Api:
    def __init__(self, session: aiohttp.ClientSession):
        self.session = session

    async def send(self, url):
        return await self.session.get(url)

    def sending(self, url):
        return self.session.get(url)

    async def text(self, url):
        async with self.session.get(url) as reply:
            return await reply.text()
