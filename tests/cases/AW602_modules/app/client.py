import aiohttp


class Client:
    def __init__(self):
        self.session = aiohttp.ClientSession()

    async def get(self, url):
        async with self.session.get(url) as reply:
            return await reply.text()


class Leaky:
    def __init__(self):
        self.leaky_session = aiohttp.ClientSession()  # finding: AW602

    async def get(self, url):
        async with self.leaky_session.get(url) as reply:
            return await reply.text()


class Base:
    def __init__(self):
        self.http = aiohttp.ClientSession()
