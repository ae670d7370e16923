"""Loops whose end somebody waits for, by a list of all of them."""

import asyncio


class Channel:
    async def send(self):
        while not self.closed.is_set():
            await self.socket.push(await self.outbox.get())

    async def receive(self):
        while not self.closed.is_set():
            await self.handle(await self.socket.pull())

    async def run(self):
        sending = asyncio.create_task(self.send())
        receiving = asyncio.create_task(self.receive())
        tasks = {sending, receiving}
        done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        for task in done:
            task.result()


class Silent:
    async def send(self):
        while not self.closed.is_set():  # finding: AW701
            await self.socket.push(await self.outbox.get())

    async def run(self):
        sending = asyncio.create_task(self.send())
        await self.closed.wait()
        sending.cancel()
