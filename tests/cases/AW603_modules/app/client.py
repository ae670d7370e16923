"""Limits that another file names."""

import aiohttp
import httpx

from app import settings
from app.settings import LIMIT, MOST_CONNECTIONS, NO_LIMIT


async def unlimited():
    connector = aiohttp.TCPConnector(limit=NO_LIMIT)  # finding: AW603
    return aiohttp.ClientSession(connector=connector)


async def unlimited_by_the_module():
    return aiohttp.TCPConnector(limit=settings.NO_LIMIT)  # finding: AW603


async def unlimited_client():
    return httpx.AsyncClient(limits=httpx.Limits(max_connections=MOST_CONNECTIONS))  # finding: AW603


async def limited():
    return aiohttp.TCPConnector(limit=LIMIT)


async def limited_client():
    return httpx.AsyncClient(limits=httpx.Limits(max_connections=settings.LIMIT))


async def said_by_the_caller(limit):
    return aiohttp.TCPConnector(limit=limit)
