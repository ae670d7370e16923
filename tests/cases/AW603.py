import aiohttp
import httpx


async def main():
    free = aiohttp.TCPConnector(limit=0)  # finding: AW603
    async with aiohttp.ClientSession(connector=free):
        pass
    bounded = aiohttp.TCPConnector(limit=20)
    async with aiohttp.ClientSession(connector=bounded):
        pass
    default = aiohttp.TCPConnector(ssl=False)
    async with aiohttp.ClientSession(connector=default):
        pass
    limits = httpx.Limits(max_connections=None)  # finding: AW603
    async with httpx.AsyncClient(limits=limits):
        pass
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=10)):
        pass


def chosen(limit):
    return aiohttp.TCPConnector(limit=limit)
