"""Queues whose length somebody looks at before more is put."""

import asyncio


class Inbox:
    def __init__(self, most):
        self.most = most
        self.messages = asyncio.Queue()

    def on_message(self, message):
        if self.messages.qsize() >= self.most:
            return
        self.messages.put_nowait(message)

    async def run(self):
        while True:
            print(await self.messages.get())


class Watched:
    def __init__(self):
        self.messages = asyncio.Queue()  # finding: AW706

    def on_message(self, message):
        self.messages.put_nowait(message)

    async def run(self):
        while True:
            message = await self.messages.get()
            print(message, self.messages.qsize())
