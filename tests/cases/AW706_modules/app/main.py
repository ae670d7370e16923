import asyncio

from app.queues import Inbox


async def main(rows):
    inbox = Inbox()
    await asyncio.gather(inbox.consume(), inbox.produce(rows))
