"""Coroutines that are reached in ways that only the whole class tells: delegation, awaitable objects, frameworks' parameters."""

from typing import Any, AsyncContextManager, Awaitable, Union

import aiohttp
import discord
from redbot.core import commands


class Reading(Awaitable[Any], AsyncContextManager[Any]):
    def __init__(self, coroutine):
        self.coroutine = coroutine

    def __await__(self):
        return self.coroutine.__await__()

    async def __aenter__(self):
        return await self

    async def __aexit__(self, *args):
        return None


class Entry:
    def __call__(self, default=None) -> Reading:
        return Reading(default)


class Group(Entry):
    def __getattr__(self, name: str) -> Union["Group", Entry]:
        return Group()


class Config:
    def guild(self, guild) -> Group:
        return Group()


class Job:
    """Does its work whether or not somebody awaits it."""

    def __await__(self):
        return iter(())

    def cancel(self):
        return None


def start_job() -> Job:
    return Job()


class Core:
    def __init__(self):
        self.websession = aiohttp.ClientSession()


class Attributes:
    def __init__(self, core: Core):
        self.core = core

    def __getattr__(self, name):
        if name.startswith("_"):
            return getattr(self.core, name[1:])
        return getattr(self.core, name)


class Service(Attributes):
    async def stop(self):
        self._websession.close()  # finding: AW202
        await self.websession.close()
        self.unknown.close()


class Cog(commands.Cog):
    def __init__(self):
        self.config = Config()

    @commands.command()
    async def show(self, ctx, name: str):
        if not name:
            ctx.send("none")  # finding: AW202
            return
        if self.config.guild(ctx.guild).enabled():  # finding: AW202
            await ctx.send("x")
        limit = self.config.guild(ctx.guild).limit()  # finding: AW202
        print(limit + 1)
        async with self.config.guild(ctx.guild).names() as names:
            names.append(name)
        start_job()
        await self.config.guild(ctx.guild).limit()

    async def helper(self, ctx):
        ctx.send("x")


class Installed:
    async def uninstall(self): ...


class Listed:
    async def install(self): ...


async def either(addon: Installed | Listed, names: set, config: Config):
    addon.uninstall()  # finding: AW202
    return names.isdisjoint(config.guild(1).names())  # finding: AW202


class Transport:
    def __init__(self):
        self.client = aiohttp.ClientSession()

    async def connect(self):
        self.ws = self.client.ws_connect("wss://x")  # finding: AW202
        self.later = self.client.ws_connect("wss://x")

    async def write(self, data):
        await self.ws.send_bytes(data)
        async with self.later as ws:
            await ws.send_bytes(data)


async def declared(session: aiohttp.ClientSession):
    names: list[str] = session.close()  # finding: AW202
    later: Awaitable[None] = session.close()
    await later
    return names


async def django(conversation, objects):
    conversation.asave()  # finding: AW202
    objects.filter(a=1).adelete()  # finding: AW202
    await conversation.asave()
    conversation.save()


def synchronous(conversation):
    conversation.aset()
