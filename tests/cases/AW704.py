import asyncio
import os
import sys


async def consume(queue, store):
    while True:
        await store.save(await queue.get())


async def beat(client):
    while not client.closed:
        try:
            await client.ping()
        except Exception:
            print("no heartbeat")
        await asyncio.sleep(10)


async def both(queue, store, client):
    await asyncio.gather(beat(client), consume(queue, store))  # finding: AW704


async def group(queue, store, client):
    async with asyncio.TaskGroup() as tasks:  # finding: AW704
        tasks.create_task(beat(client))
        tasks.create_task(consume(queue, store))


class Guard:
    def start(self):
        self.task = asyncio.create_task(self.watch())

    async def watch(self):
        while True:
            await asyncio.sleep(1)
            if not self.alive:
                os._exit(3)  # finding: AW704


# Look-alikes.


async def careful(client, other):
    await asyncio.gather(beat(client), beat(other))


async def fetch(client, path):
    return await client.get(path)


async def fetch_both(client):
    return await asyncio.gather(fetch(client, "a"), fetch(client, "b"))


async def kept_apart(queue, store, client):
    await asyncio.gather(beat(client), consume(queue, store), return_exceptions=True)


async def alone(queue, store):
    await asyncio.gather(consume(queue, store))


async def main(client):
    if not await client.login():
        sys.exit(1)


asyncio.run(main(None))
