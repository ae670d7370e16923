"""Responses that are read too late or never, and responses that are read in time."""

import asyncio
from contextlib import asynccontextmanager

import aiohttp
import httpx
from fastapi.responses import StreamingResponse


class Api:
    def __init__(self, session: aiohttp.ClientSession, client: httpx.AsyncClient):
        self.session = session
        self.client = client

    async def late(self, url):
        async with self.session.get(url) as reply:
            print(reply.status)
        return await reply.text()  # finding: AW604

    async def late_after_retries(self, url):
        while True:
            async with self.session.get(url) as reply:
                if reply.status == 200:
                    break
        return await reply.json()  # finding: AW604

    async def late_chunks(self, url):
        async with self.session.get(url) as reply:
            reply.raise_for_status()
        async for chunk in reply.content.iter_chunked(10):  # finding: AW604
            print(chunk)

    async def given_away(self, url):
        async with self.session.get(url) as reply:
            return reply  # finding: AW604

    async def reading_given_away(self, url):
        async with self.session.get(url) as reply:
            return reply.json()  # finding: AW604

    async def status_only(self, url):
        reply = await self.session.get(url)  # finding: AW604
        return reply.status

    async def one_way_only(self, url):
        reply = await self.session.get(url)  # finding: AW604
        if reply.status != 200:
            return None
        return await reply.json()

    async def one_way_raises(self, url):
        reply = await self.session.get(url)  # finding: AW604
        if reply.status != 200:
            raise ValueError(reply.status)
        return await reply.json()

    async def dropped(self, url):
        await self.session.post(url, json={})  # finding: AW604
        return (await self.session.put(url, json={})).status  # finding: AW604

    async def streamed(self, url):
        async with self.client.stream("GET", url) as reply:
            print(reply.status_code)
        print(reply.json())  # finding: AW604

    async def streamed_to_nobody(self, url):
        async with self.client.stream("GET", url) as reply:
            return StreamingResponse(reply.aiter_raw(), status_code=reply.status_code)  # finding: AW604

    async def generator_too_late(self, url):
        async with self.client.stream("GET", url) as reply:

            async def body():
                async for chunk in reply.aiter_bytes():  # finding: AW604
                    yield chunk

            return StreamingResponse(body())

    async def never_closed_stream(self, url):
        request = self.client.build_request("GET", url)
        reply = await self.client.send(request, stream=True)  # finding: AW604
        return reply.status_code


async def out_of_its_session(url):
    async with aiohttp.ClientSession() as session:
        return await session.get(url)  # finding: AW604


async def read_behind_its_session(url):
    async with aiohttp.ClientSession() as session:
        reply = await session.get(url)
    return await reply.json()  # finding: AW604


async def out_of_its_client(url):
    async with httpx.AsyncClient() as client:
        reply = await client.send(client.build_request("GET", url), stream=True)
        return StreamingResponse(reply.aiter_raw(), background=reply.aclose)  # finding: AW604


# Below every body is read in time, or nobody needs it.


class Careful:
    def __init__(self, session: aiohttp.ClientSession, client: httpx.AsyncClient):
        self.session = session
        self.client = client

    async def in_time(self, url):
        async with self.session.get(url) as reply:
            reply.raise_for_status()
            return await reply.json()

    async def bound_in_time(self, url):
        async with self.session.get(url) as reply:
            data = await reply.json()
        if reply.status == 200:
            return data
        return reply.headers

    async def read_before(self, url):
        async with self.session.get(url) as reply:
            await reply.read()
        print(await reply.text())
        return reply

    async def read_and_given_away(self, url):
        async with self.session.get(url) as reply:
            await reply.read()
            return reply

    async def given_to_a_function(self, url):
        async with self.session.get(url) as reply:
            return await self.parse(reply)

    async def handed_over(self, url):
        reply = await self.session.get(url)
        return await self.parse(reply)

    async def parse(self, reply):
        return await reply.json()

    async def plain(self, url):
        reply = await self.session.get(url)
        reply.raise_for_status()
        return await reply.json()

    async def at_once(self, url):
        return await (await self.session.get(url)).text()

    async def released(self, url):
        reply = await self.session.post(url)
        reply.release()

    async def entered_later(self, url):
        reply = await self.session.get(url)
        async with reply:
            return await reply.text()

    async def returned(self, url):
        return await self.session.get(url)

    async def returned_by_name(self, url):
        reply = await self.session.get(url)
        reply.raise_for_status()
        return reply

    async def head(self, url):
        reply = await self.session.head(url)
        return reply.status

    @asynccontextmanager
    async def lent(self, url):
        async with self.session.get(url) as reply:
            yield reply

    async def chunks(self, url):
        async with self.session.get(url) as reply:
            async for chunk in reply.content.iter_chunked(10):
                yield chunk

    async def read_by_httpx(self, url):
        reply = await self.client.get(url)
        await self.client.post(url)
        return reply.json()

    async def read_stream(self, url):
        async with self.client.stream("GET", url) as reply:
            await reply.aread()
        return reply.json()

    async def collected(self, url):
        async with self.client.stream("GET", url) as reply:
            return await collect(reply.aiter_bytes())

    async def passed_on(self, url):
        reply = await self.client.send(self.client.build_request("GET", url), stream=True)
        return StreamingResponse(reply.aiter_raw(), background=reply.aclose)

    async def stream_in_its_generator(self, url):
        async def body():
            async with self.client.stream("GET", url) as reply:
                async for chunk in reply.aiter_bytes():
                    yield chunk

        return StreamingResponse(body())


async def collect(chunks):
    return [chunk async for chunk in chunks]


async def session_ends_at_once(url):
    async with aiohttp.ClientSession() as session:
        reply = await session.get(url)
        print(reply.status)
        await session.post(url)


async def gathered(session: aiohttp.ClientSession, urls):
    return await asyncio.gather(*(session.get(url) for url in urls))


class Session:
    async def get(self, url):
        return url


async def of_another_kind(session: Session, url):
    reply = await session.get(url)
    print(reply)
    await session.get(url)
