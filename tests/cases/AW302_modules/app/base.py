class Resource:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc):
        await self.close()

    async def close(self): ...


class NothingReturned:
    async def __aenter__(self):
        await self.open()

    async def __aexit__(self, *exc):
        await self.close()

    async def open(self): ...

    async def close(self): ...
