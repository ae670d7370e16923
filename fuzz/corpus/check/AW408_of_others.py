"""Loops of threads, which use no executor of their own."""

import asyncio


def in_a_thread(function):
    async def wrapper(*args):
        def run():
            loop = asyncio.new_event_loop()
            try:
                loop.run_until_complete(function(*args))
            finally:
                loop.close()

        await asyncio.get_running_loop().run_in_executor(None, run)

    return wrapper
