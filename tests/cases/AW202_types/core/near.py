from core.far import Holder, made, of_kind, same, stop
from core.models import Client


async def run(other):
    await stop(Client())
    holder = Holder(Client(), other)
    await holder.stop()
    holder.client.close()  # finding: AW202


async def kinds():
    of_kind(Client, "x").make().close()  # finding: AW202
    same(Client()).close()  # finding: AW202
    made(Client).close()  # finding: AW202
    same(1).close()
