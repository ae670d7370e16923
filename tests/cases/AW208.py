"""Reads one after the other, and those that have to be."""

import asyncio

import aiohttp
import asyncpg
import httpx


async def fetch_user(client: httpx.AsyncClient, name):
    reply = await client.get(f"/users/{name}")
    return reply.json()


async def fetch_orders(client: httpx.AsyncClient):
    return (await client.get("/orders")).json()


async def neighbours(client: httpx.AsyncClient, pool: asyncpg.Pool):
    user = await fetch_user(client, "a")
    orders = await fetch_orders(client)  # finding: AW208
    print("between")
    a = await client.get("/a")
    b = await client.get("/b")  # finding: AW208
    print(user, orders, a, b)
    d = await pool.fetchrow("select 2")
    e = await pool.fetchval("select 3")
    f = await client.get("/f")  # finding: AW208
    return d, e, f


async def in_loops(client: httpx.AsyncClient, names):
    found = []
    for name in names:
        found.append(await fetch_user(client, name))  # finding: AW208
    for name in names:
        user = await fetch_user(client, name)  # finding: AW208
        found.append(user)
    table = {}
    for index, name in enumerate(names):
        table[index] = await client.get(f"/{name}")  # finding: AW208
    return [await fetch_user(client, name) for name in names], table  # finding: AW208


# Below one thing needs the other, or they have to wait in line.


async def needs_the_first(client: httpx.AsyncClient):
    user = await client.get("/a")
    orders = await client.get(f"/orders/{user}")
    return orders


async def writes(client: httpx.AsyncClient, names):
    a = await client.post("/a")
    b = await client.post("/b")
    for name in names:
        await client.delete(f"/{name}")
    return a, b


async def one_connection(connection: asyncpg.Connection, names):
    a = await connection.fetch("select 1")
    b = await connection.fetch("select 2")
    for name in names:
        await connection.fetch("select 3", name)
    return a, b


async def under_a_lock(client: httpx.AsyncClient, lock, names):
    async with lock:
        a = await client.get("/a")
        b = await client.get("/b")
        for name in names:
            await client.get(f"/{name}")
    return a, b


async def pages(client: httpx.AsyncClient):
    found = []
    for page in range(10):
        found.append(await client.get(f"/{page}"))
    url = "/first"
    while url:
        reply = await client.get(url)
        url = reply.headers["next"]
    return found


async def attempts(client: httpx.AsyncClient, hosts):
    for host in hosts:
        reply = await client.get(host)
        if reply.status_code == 200:
            return reply
    for host in hosts:
        try:
            await client.get(host)
        except httpx.HTTPError:
            continue
    for host in hosts:
        await client.get(host)
        await asyncio.sleep(1)
    return None


async def carried(client: httpx.AsyncClient, names):
    token = None
    for name in names:
        reply = await client.get(f"/{name}", params={"token": token})
        token = reply.headers["token"]
    return token


async def not_of_the_item(client: httpx.AsyncClient, names):
    for name in names:
        print(name, await client.get("/"))


async def something_between(client: httpx.AsyncClient):
    a = await client.get("/a")
    print(a)
    b = await client.get("/b")
    return a, b


class Limited:
    def __init__(self, client: httpx.AsyncClient):
        self.client = client
        self.lock = asyncio.Lock()

    async def get_one(self, name):
        async with self.lock:
            return await self.client.get(name)

    async def get_counted(self, name):
        self.count = 1
        return await self.client.get(name)

    async def get_all(self, names):
        a = await self.get_one("a")
        b = await self.get_one("b")
        c = await self.get_counted("a")
        d = await self.get_counted("b")
        return a, b, c, d, [await self.get_one(name) for name in names]


async def unknown(service, repo):
    a = await service.get_a()
    b = await service.get_b()
    c = await repo.find(1)
    d = await repo.find(2)
    return a, b, c, d


async def together(client: httpx.AsyncClient, names):
    await asyncio.gather(*[client.get(name) for name in names])
    async for name in names:
        await client.get(name)


async def session(session: aiohttp.ClientSession):
    async with session.get("/a") as a, session.get("/b") as b:
        return a, b


class Player:
    async def stop(self): ...

    async def save(self): ...


class Group:
    def __init__(self, players: list[Player]):
        self.players = players

    def members(self):
        return iter(self.players)

    async def handle_play(self, player, url):
        await player.stop()
        print(url)

    async def stop_all(self):
        for player in self.members():
            if player.running:
                wait = player.seeks
                await player.stop(wait=wait)  # finding: AW208

    async def play_all(self, url):
        for player in self.members():
            await self.handle_play(player, url=url)  # finding: AW208

    async def stop_until_one_fails(self):
        for player in self.players:
            if not await player.stop():
                break

    async def save_all(self):
        for player in self.players:
            await player.save()

    async def stop_by_number(self, stop):
        for attempt in range(3):
            await stop(attempt)
