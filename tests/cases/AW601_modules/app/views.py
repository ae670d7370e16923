"""Handlers with clients of another file's making."""

from aiohttp import web

from app.clients import make_client, shared_client


async def makes_one(request: web.Request):
    async with make_client() as client:  # finding: AW601
        await client.get("http://a")
        return web.Response(text=(await client.get("http://b")).text)


async def in_turns(urls):
    for url in urls:
        async with make_client() as client:  # finding: AW601
            await client.get(url)


async def takes_the_shared_one(request: web.Request):
    client = shared_client()
    return web.Response(text=(await client.get("http://a")).text)


async def takes_the_applications(request: web.Request):
    client = request.app["client"]
    return web.Response(text=(await client.get("http://a")).text)


async def start(app: web.Application):
    app["client"] = make_client()


async def stop(app: web.Application):
    await app["client"].aclose()
