class Base:
    async def close(self):
        await self.drain()

    async def drain(self):
        pass
