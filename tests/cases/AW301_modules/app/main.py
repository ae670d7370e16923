"""Uses what other files open, and closes it or not."""

from app import clients
from app.clients import Gateway, connect, connect_again, database, given_or_made, make_client, opened, shared


# Left open.


async def never_closes(url):
    client = make_client()  # finding: AW301
    reply = await client.get(url)
    return reply.json()


async def closes_when_nothing_fails():
    connection = await connect()  # finding: AW301
    rows = await connection.fetch("SELECT 1")
    await connection.close()
    return len(rows)


async def through_two_functions():
    connection = await connect_again()  # finding: AW301
    await connection.execute("DELETE FROM jobs")


async def by_the_module(url):
    client = clients.make_client()  # finding: AW301
    return (await client.get(url)).status_code


async def used_at_once(url):
    return (await make_client().get(url)).status_code  # finding: AW301


# Closed, or somebody else's.


async def enters(url):
    async with make_client() as client:
        return (await client.get(url)).json()


async def closes_in_a_finally():
    connection = await connect()
    try:
        return len(await connection.fetch("SELECT 1"))
    finally:
        await connection.close()


async def enters_what_is_open():
    async with opened() as connection:
        return await connection.fetchval("SELECT 1")


async def enters_a_database(path):
    async with database(path) as db:
        await db.execute("DELETE FROM jobs")


async def borrows(url):
    client = shared()
    return (await client.get(url)).json()


async def borrows_from_a_gateway(gateway: Gateway, url):
    client = gateway.session()
    return (await client.get(url)).json()


async def has_no_way_to_know(url, client=None):
    client = given_or_made(client)
    return (await client.get(url)).json()


async def gives_it_on():
    client = make_client()
    return client


class Holder:
    async def start(self):
        self.client = make_client()

    async def stop(self):
        await self.client.aclose()
