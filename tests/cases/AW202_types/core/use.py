import functools
from typing import TYPE_CHECKING

from core import Client, Pool
from core.models import Backend, Box, Closer, Either, Maybe, Special, T, clients, pick, session

if TYPE_CHECKING:
    from core.models import Mode

one = Client()
registry = {"a": Client()}


async def typed(pool: Pool, backend: "Backend", closer: Closer, either: Either, maybe: Maybe, item: T):
    pool.clients[0].close()  # finding: AW202
    pool.by_name["a"].close()  # finding: AW202
    for client in pool.clients:
        client.close()  # finding: AW202
    for client in pool.by_name.values():
        client.close()  # finding: AW202
    if pool.first:
        pool.first.close()  # finding: AW202
    backend.load()  # finding: AW202
    backend.name()
    closer.close()  # finding: AW202
    either.close()  # finding: AW202
    maybe.close()  # finding: AW202
    item.close()  # finding: AW202
    Box(Client()).item.close()  # finding: AW202


async def shapes(mode: "Mode"):
    mode.close()
    one.close()  # finding: AW202
    one.clone().close()  # finding: AW202
    one["a"].close()  # finding: AW202
    one()  # finding: AW202
    one.peer.close()  # finding: AW202
    registry["a"].close()  # finding: AW202
    Special.make().extra()  # finding: AW202
    Special().clone().extra()  # finding: AW202
    pick(True).close()  # finding: AW202
    async with session() as client:
        client.close()  # finding: AW202
    for client in clients():
        client.close()  # finding: AW202
    for client in one:
        client.close()  # finding: AW202
    if (found := pick(False)) is not None:
        found.close()  # finding: AW202
    functools.partial(found.close)()  # finding: AW202
    closers = [it.close() for it in clients()]
    return closers


async def untyped(client, count, name=None):
    client.close()  # finding: AW202
    count.close()
    name.close()


async def calls():
    await untyped(one, object())
    await untyped(client=pick(True), count=name_of(1))


def name_of(value):
    return value
