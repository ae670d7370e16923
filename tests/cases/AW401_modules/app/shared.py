import aiohttp
import httpx

session = aiohttp.ClientSession()  # finding: AW401


def make():
    return httpx.AsyncClient()
