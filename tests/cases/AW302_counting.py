"""Exits whose clean-up depends on what is counted before."""

import asyncio


class Client:
    users = 0

    async def __aenter__(self):
        self.users += 1
        return self

    async def __aexit__(self, *error):
        left = await self.leave()
        if left == 0:
            await self.aclose()

    async def leave(self):
        self.users -= 1
        return self.users

    async def aclose(self):
        await asyncio.sleep(0)


class Worker:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        await self.report(error)  # finding: AW302
        await self.connection.close()

    async def report(self, error):
        await asyncio.sleep(0)
