"""State that changes under a waiting coroutine, and state that can't."""

import asyncio

counter = 0
cache = {}


class Basket:
    def __init__(self):
        self.total = 0
        self.items = {}
        self.session = None
        self.lock = asyncio.Lock()

    async def update(self, item):
        self.total += await item.price()  # finding: AW111
        self.total = self.total + await item.price()  # finding: AW111
        self.items[item] = self.items[item] + await item.count()  # finding: AW111
        self.items[item] += await item.count()  # finding: AW111

    async def fill(self, key):
        if key not in self.items:
            self.items[key] = await load(key)  # finding: AW111
        if self.session is None:
            self.session = await connect()  # finding: AW111
        if not self.session:
            session = await connect()
            self.session = session  # finding: AW111

    async def through_a_local(self):
        total = self.total
        await asyncio.sleep(1)
        self.total = total + 1  # finding: AW111


async def globals_too(key):
    global counter
    counter += await load(key)  # finding: AW111
    if key not in cache:
        cache[key] = await load(key)  # finding: AW111


async def closures(keys):
    found = 0

    async def one(key):
        nonlocal found
        found += await load(key)  # finding: AW111

    await asyncio.gather(*[one(key) for key in keys])
    return found


# Nothing below can change under the coroutine.


async def local(keys):
    total = 0
    for key in keys:
        total += await load(key)
    found = {}
    found[keys] = await load(keys)
    if keys not in found:
        found[keys] = await load(keys)
    return total


class Careful:
    def __init__(self):
        self.total = 0
        self.items = {}
        self.task = None
        self.lock = asyncio.Lock()

    async def locked(self, item):
        async with self.lock:
            self.total += await item.price()
            if item not in self.items:
                self.items[item] = await load(item)

    async def in_order(self, item):
        price = await item.price()
        self.total += price
        self.total = await item.price()
        self.items[item] = await load(item)

    async def reads_behind(self, item):
        self.total = await item.price() + self.total

    async def marks_first(self):
        if self.task is None:
            self.task = asyncio.create_task(load(1))
            await self.task

    async def another_key(self, item):
        if item.ready is None:
            self.total = await item.price()

    def synchronous(self):
        self.total += 1


async def load(key):
    await asyncio.sleep(1)
    return key


async def connect():
    await asyncio.sleep(1)
