"""Sessions made again and again, and sessions made once."""

import asyncio

import aiohttp
import httpx
from aiohttp import web
from fastapi import FastAPI, Request

app = FastAPI()
routes = web.RouteTableDef()


@app.get("/")
async def fastapi_handler():
    async with httpx.AsyncClient() as client:  # finding: AW601
        return (await client.get("x")).json()


@routes.get("/")
async def aiohttp_handler(request):
    async with aiohttp.ClientSession() as session:  # finding: AW601
        async with session.get("x") as reply:
            return web.Response(text=await reply.text())


async def handler_by_its_parameter(request: web.Request):
    async with aiohttp.ClientSession() as session:  # finding: AW601
        async with session.get("x") as reply:
            return await reply.text()


async def in_a_loop(urls):
    for url in urls:
        async with aiohttp.ClientSession() as session:  # finding: AW601
            async with session.get(url) as reply:
                print(await reply.text())
    while urls:
        client = httpx.AsyncClient()  # finding: AW601
        await client.get(urls.pop())
        await client.aclose()


async def for_one_request(url):
    async with aiohttp.ClientSession() as session:  # finding: AW601
        async with session.get(url) as reply:
            return await reply.json()


async def for_one_post(url):
    async with httpx.AsyncClient(timeout=5) as client:  # finding: AW601
        reply = await client.post(url)
    return reply.json()


class Api:
    async def fetch(self, url):
        async with aiohttp.ClientSession() as session:  # finding: AW601
            async with session.get(url) as reply:
                return await reply.json()


# Below the session serves more than one request, or is made once.


async def main():
    async with aiohttp.ClientSession() as session:
        async with session.get("x") as reply:
            print(await reply.text())


async def many_requests(urls):
    async with aiohttp.ClientSession() as session:
        for url in urls:
            async with session.get(url) as reply:
                print(await reply.text())


async def gathered(urls):
    async with httpx.AsyncClient() as client:
        return await asyncio.gather(*(client.get(url) for url in urls))


async def two_requests():
    async with httpx.AsyncClient() as client:
        token = await client.post("login")
        return await client.get("data", headers=token)


async def lifespan(app):
    async with httpx.AsyncClient() as client:
        app.state.client = client
        yield


class Service:
    async def start(self):
        self.session = aiohttp.ClientSession()

    async def __aenter__(self):
        self.client = httpx.AsyncClient()
        return self

    async def get(self, url):
        async with self.session.get(url) as reply:
            return await reply.text()

    async def session_of_its_own(self):
        if self.session is None:
            self.session = aioh