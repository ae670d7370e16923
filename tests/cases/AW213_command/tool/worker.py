"""A part of a program, in which others wait."""

import asyncio


async def serve(worker):
    try:
        await worker.run()
    except asyncio.CancelledError:  # finding: AW213
        print("stopped")
