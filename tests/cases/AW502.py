"""Synchronous HTTP on the loop, and its asynchronous namesakes."""

import asyncio
import http.client
import urllib.request
from typing import Optional
from urllib.request import urlopen

import aiohttp
import httpx
import requests
import requests as rq
import urllib3
from aiohttp import ClientSession
from requests import Session, get
from requests import post as send

http_session = requests.Session()
pool = urllib3.PoolManager()


async def requests_functions(url):
    requests.get(url)  # finding: AW502
    requests.options(url)  # finding: AW502
    requests.head(url)  # finding: AW502
    requests.post(url)  # finding: AW502
    requests.put(url)  # finding: AW502
    requests.patch(url)  # finding: AW502
    requests.delete(url)  # finding: AW502
    requests.request("GET", url)  # finding: AW502
    rq.get(url)  # finding: AW502
    get(url)  # finding: AW502
    send(url)  # finding: AW502
    requests.api.get(url)  # finding: AW502
    requests.get(url).json()  # finding: AW502
    print(requests.get(url))  # finding: AW502
    return requests.get(url)  # finding: AW502


async def requests_sessions(url, given: requests.Session, maybe: Optional[Session] = None):
    session = requests.Session()
    session.get(url)  # finding: AW502
    given.post(url)  # finding: AW502
    maybe.put(url)  # finding: AW502
    http_session.get(url)  # finding: AW502
    requests.Session().get(url)  # finding: AW502
    with requests.Session() as opened:
        opened.get(url)  # finding: AW502
    with Session() as opened:
        opened.request("GET", url)  # finding: AW502


async def httpx_functions(url):
    httpx.get(url)  # finding: AW502
    httpx.post(url)  # finding: AW502
    httpx.request("GET", url)  # finding: AW502
    httpx.stream("GET", url)  # finding: AW502


async def httpx_clients(url, given: httpx.Client, union: httpx.Client | None):
    client = httpx.Client()
    client.get(url)  # finding: AW502
    client.send(url)  # finding: AW502
    client.close()  # finding: AW502
    given.post(url)  # finding: AW502
    union.request("GET", url)  # finding: AW502
    with httpx.Client() as opened:
        opened.get(url)  # finding: AW502
    typed: httpx.Client = make()
    typed.get(url)  # finding: AW502


async def standard_library(url):
    urllib.request.urlopen(url)  # finding: AW502
    urlopen(url)  # finding: AW502
    with urlopen(url) as reply:  # finding: AW502
        print(reply)
    urllib.request.urlretrieve(url, "x")  # finding: AW502
    connection = http.client.HTTPSConnection("example.org")
    connection.request("GET", "/")  # finding: AW502
    connection.getresponse()  # finding: AW502


async def urllib3_pools(url):
    urllib3.request("GET", url)  # finding: AW502
    pool.request("GET", url)  # finding: AW502
    manager = urllib3.PoolManager()
    manager.request("GET", url)  # finding: AW502
    manager.urlopen("GET", url)  # finding: AW502


class Api:
    def __init__(self):
        self.session = requests.Session()
        self.client: httpx.Client = httpx.Client()
        self.good = httpx.AsyncClient()

    async def load(self, url):
        self.session.get(url)  # finding: AW502
        self.client.get(url)  # finding: AW502
        await self.good.get(url)
        self.good.build_request("GET", url)

    def load_in_a_thread(self, url):
        return self.session.get(url)


# Nothing below blocks the loop.


def synchronous(url):
    requests.get(url)
    httpx.get(url)
    return urlopen(url)


async def asynchronous_namesakes(url, session: aiohttp.ClientSession, client: httpx.AsyncClient):
    await session.get(url)
    async with session.post(url) as reply:
        await reply.text()
    await client.get(url)
    async with httpx.AsyncClient() as opened:
        await opened.get(url)
    async with ClientSession() as opened:
        await opened.get(url)


async def same_names(requests, get, cache):
    requests.get("x")
    get("x")
    cache.get("x")
    settings = {}
    settings.get("a")
    {}.get("b")


async def objects_without_io(url):
    prepared = requests.Request("GET", url).prepare()
    requests.Session()
    timeout = httpx.Timeout(5)
    parsed = httpx.URL(url)
    error = requests.exceptions.Timeout
    code = requests.codes.ok
    urllib.request.Request(url)
    client = httpx.Client()
    client.build_request("GET", url)
    return prepared, timeout, parsed, error, code, client.is_closed


async def in_threads(url):
    loop = asyncio.get_running_loop()
    await asyncio.to_thread(requests.get, url)
    await loop.run_in_executor(None, requests.get, url)
    await loop.run_in_executor(None, lambda: requests.get(url))

    def fetch():
        with requests.Session() as session:
            return session.get(url)

    return await asyncio.to_thread(fetch)


async def rebound(url):
    session = requests.Session()
    session = aiohttp.ClientSession()
    await session.get(url)


class requests_like:
    async def get(self, url):
        return url


async def awaited_lookalike(url):
    requests = requests_like()
    await requests.get(url)


def make():
    return httpx.Client()


replaced = requests.Session()
replaced = aiohttp.ClientSession()

if pool:
    either = requests.Session()
else:
    either = requests.Session()


async def what_the_module_has_in_the_end(url):
    replaced.get(url)
    either.get(url)  # finding: AW502


async def any_method_of_a_pool(manager: urllib3.PoolManager, connections: urllib3.HTTPSConnectionPool):
    manager.urlopen("GET", "/")  # finding: AW502
    manager.request_chunked("GET", "/")  # finding: AW502
    connections.request_chunked("GET", "/")  # finding: AW502
    manager.connection_from_url("http://host").request("GET", "/")  # finding: AW502
    manager.clear()
    connections.close()


async def the_base_of_pools(pool: urllib3.connectionpool.ConnectionPool):
    pool.urlopen("GET", "/")  # finding: AW502
    pool.close()
