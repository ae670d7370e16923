"""Waits for a worker that another file starts, and starts it anew."""

import asyncio
import logging

from app.jobs import Jobs


async def main():
    jobs = Jobs()
    while True:
        jobs.start()
        try:
            await jobs.polling
        except Exception:
            logging.exception("polling ended")
        jobs.stop()
        await asyncio.sleep(5)
