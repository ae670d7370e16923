"""Starts and stops workers of another file."""

import asyncio

from app.worker import Beater, Poller


async def main():
    poller, beater = Poller(), Beater()
    await poller.start()
    await beater.start()
    try:
        await asyncio.Event().wait()
    finally:
        poller.task.cancel()
        await asyncio.gather(poller.task, return_exceptions=True)
        await beater.stop()
