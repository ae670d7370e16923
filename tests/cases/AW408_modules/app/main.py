"""Closes a loop by hand whose executor a function of another file uses."""

import asyncio

from app.work import save


def by_hand():
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(save("a"))
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()  # finding: AW408
