import asyncio

import aiohttp
import httpx
from redis.asyncio import Redis


class NeverClosed:
    def __init__(self):
        self.session = aiohttp.ClientSession()  # finding: AW602

    async def get(self, url):
        async with self.session.get(url) as reply:
            return await reply.text()


class NeverClosedThoughItStops:
    def __init__(self):
        self._client = httpx.AsyncClient()  # finding: AW602
        self._task = None

    async def stop(self):
        self._task.cancel()

    async def get(self, url):
        return await self._client.get(url)


class LazyGetter:
    def __init__(self):
        self._session = None

    def _get_session(self):
        if self._session is None:
            self._session = aiohttp.ClientSession()  # finding: AW602
        return self._session

    async def get(self, url):
        async with self._get_session().get(url) as reply:
            return await reply.text()


class LocalFirst:
    async def start(self):
        session = aiohttp.ClientSession()  # finding: AW602
        self.http_session = session

    async def get(self, url):
        async with self.http_session.get(url) as reply:
            return await reply.text()


class Closed:
    def __init__(self):
        self.session = aiohttp.ClientSession()
        self.redis = Redis()

    async def close(self):
        await asyncio.gather(self.session.close(), self.redis.aclose())


# Attributes of equal names are told apart by their class.
class ClosedInBase:
    async def close(self):
        await self.http.aclose()


class Derived(ClosedInBase):
    def __init__(self):
        self.http = httpx.AsyncClient()


class ClosedByAlias:
    def __init__(self):
        self.opened = aiohttp.ClientSession()

    async def close(self):
        session, self.opened = self.opened, None
        await session.close()


class ClosedByWalrus:
    def __init__(self):
        self.kept_one = aiohttp.ClientSession()

    async def close(self):
        if session := self.kept_one:
            await session.close()


class ClosedByHelper:
    def __init__(self):
        self.lent = aiohttp.ClientSession()

    async def close(self):
        await shut(self.lent)


async def shut(session):
    await session.close()


class ClosedInLoop:
    def __init__(self):
        self.first = httpx.AsyncClient()
        self.second = httpx.AsyncClient()

    async def close(self):
        for client in (self.first, self.second):
            await client.aclose()


class ClosedByName:
    def __init__(self):
        self.dynamic = httpx.AsyncClient()

    async def close(self):
        for name in ("dynamic",):
            client = getattr(self, "dynamic")
            await client.aclose()


class GetterIsClosed:
    def __init__(self):
        self._inner = httpx.AsyncClient()

    @property
    def client(self):
        return self._inner

    async def close(self):
        await self.client.aclose()


class Stacked:
    def __init__(self, stack):
        self.pushed = httpx.AsyncClient()
        stack.push_async_callback(self.pushed.aclose)


class Entered:
    def __init__(self):
        self.entering = httpx.AsyncClient()

    async def __aenter__(self):
        await self.entering.__aenter__()
        return self

    async def __aexit__(self, *exc_info):
        await self.entering.__aexit__(*exc_info)


class HandedOver:
    def __init__(self, library):
        self.given = library.Retrying(client_session=aiohttp.ClientSession())
        self.session_of_retry = aiohttp.ClientSession()
        self.retry = library.RetryClient(client_session=self.session_of_retry)


class InALocalContainer:
    def make(self, library):
        params = {}
        params["http_client"] = httpx.AsyncClient()
        return library.Model(**params)


class LentToAnObject:
    async def run(self, request, stack):
        client = httpx.AsyncClient()
        await stack.enter_async_context(client)
        request.scope_client = client
