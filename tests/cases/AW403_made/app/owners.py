"""Owners of connections that another file makes."""

from app.making import dial


class Forgets:
    async def start(self):
        self.broker_link = await dial("amqp://a")  # finding: AW403


class Remembers:
    async def start(self):
        self.broker_line = await dial("amqp://a")

    async def stop(self):
        await self.broker_line.close()
