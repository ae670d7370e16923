"""Makes loops for other files."""

import asyncio


def new_loop():
    loop = asyncio.new_event_loop()
    loop.set_debug(True)
    return loop


def serve(start):
    loop = asyncio.new_event_loop()  # finding: AW409
    loop.create_task(start())
    loop.run_forever()
