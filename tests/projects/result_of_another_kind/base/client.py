import aiohttp


def connect():
    return aiohttp.ClientSession()
