"""Sessions in a mapping, closed one after the other."""

import aiohttp


class Proxies:
    def __init__(self):
        self.sessions = {}

    def of(self, proxy):
        if proxy not in self.sessions:
            self.sessions[proxy] = aiohttp.ClientSession()
        return self.sessions[proxy]

    async def close(self):
        for url in self.sessions:
            await self.sessions[url].close()


class Forgetful:
    def __init__(self):
        self.sessions = {}

    def of(self, proxy):
        if proxy not in self.sessions:
            self.sessions[proxy] = aiohttp.ClientSession()  # finding: AW602
        return self.sessions[proxy]
