import asyncio
import inspect

import somewhere


class Agent:
    def __init__(self, manager, callback, session):
        self.manager = manager
        self.callback = callback
        self.session = session

    async def rebuild(self, agent):
        message = await self.manager.update_message(agent)
        return self.manager.render(message, agent)

    async def price(self, pair):
        return {"pair": await self.manager.symbol_of(pair), "limit": 5}

    async def known(self, user):
        if await self.manager.is_known(user):
            return user
        return None

    async def identifier(self, order):
        return await somewhere.identifier_of(order)

    async def stop(self):
        self.manager.forget()
        await asyncio.wait([self.manager.stop(), self.session.shut()])

    async def notify(self, event):
        result = self.callback(event)
        if inspect.isawaitable(result):
            await result

    async def spread(self, orders):
        jobs = [await self.manager.prepare(order) for order in orders]
        for job in jobs:
            await self.manager.run(job)

    async def later(self, order):
        await self.manager.submit(order)

    async def both(self, order):
        first = await self.manager.check(order)
        second = await self.manager.check_again(order)
        return first and second

    async def text(self, order):
        return await self.manager.describe(order)
