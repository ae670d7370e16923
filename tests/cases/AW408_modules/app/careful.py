"""Closes a loop by hand, in order, whose executor a function of another file uses."""

import asyncio

from app.work import save


def in_order():
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(save("a"))
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
