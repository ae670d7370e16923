# repair: a statement
async def send(): ...

async def main():
    send()
# becomes
async def send(): ...

async def main():
    await send()
# repair: a method, and what it is read from
class Api:
    async def send(self): ...

    async def twice(self):
        self.send()
        print("sent")
        await self.send()
# becomes
class Api:
    async def send(self): ...

    async def twice(self):
        await self.send()
        print("sent")
        await self.send()
# repair: within a text
async def load(): ...


async def main():
    return f"got {load()}"
# becomes
async def load(): ...


async def main():
    return f"got {await load()}"
# repair: asked for its truth
async def ready(): ...


async def main():
    if ready():
        print("ready")
    await ready()
# becomes
async def ready(): ...


async def main():
    if await ready():
        print("ready")
    await ready()
# repair: a method of the result
async def load(): ...


async def main():
    return load().strip()
# becomes
async def load(): ...


async def main():
    return (await load()).strip()
# keep: nothing can be awaited in a plain function
async def send(): ...


def main():
    send()
# keep: nothing can be awaited in a lambda
import asyncio


async def send(): ...


async def main():
    asyncio.get_running_loop().call_later(1, lambda: send())
    await send()
