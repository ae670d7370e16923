import asyncio
import inspect

import somewhere


class Agent:
    def __init__(self, manager, callback, session):
        self.manager = manager
        self.callback = callback
        self.session = session

    async def rebuild(self, agent):
        message = self.manager.update_message(agent)  # caused: AW202
        return self.manager.render(message, agent)

    async def price(self, pair):
        return {"pair": self.manager.symbol_of(pair), "limit": 5}  # caused: AW202

    async def known(self, user):
        if self.manager.is_known(user):  # caused: AW202
            return user
        return None

    async def identifier(self, order):
        return somewhere.identifier_of(order)  # caused: AW202

    async def stop(self):
        self.manager.forget()
        self.session.shut()  # caused: AW202
        await asyncio.wait([self.manager.stop()])

    async def notify(self, event):
        result = self.callback(event)
        if inspect.isawaitable(result):
            await result

    async def spread(self, orders):
        jobs = [self.manager.prepare(order) for order in orders]
        for job in await asyncio.gather(*jobs):
            await self.manager.run(job)

    async def later(self, order):
        self.keep(asyncio.create_task(self.manager.submit(order)))

    async def both(self, order):
        first = self.manager.check(order)
        second = self.manager.check_again(order)
        return await first and await second

    def text(self, order):
        return self.manager.describe(order)
