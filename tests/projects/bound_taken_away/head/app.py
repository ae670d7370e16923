import asyncio

LIMIT = 4
SEMAPHORE = asyncio.Semaphore(LIMIT)


class Feed:
    def __init__(self, store):
        self.store = store
        self.waiting = asyncio.Queue()  # caused: AW706
        self.answers = asyncio.Queue(2 * LIMIT)

    async def embed(self, batches):
        async def one(batch):
            return await self.store.embed(batch)  # caused: AW705

        return await asyncio.gather(*[one(batch) for batch in batches])

    async def close(self, parts):
        await asyncio.gather(*[self.store.close(part) for part in parts])
