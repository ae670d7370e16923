"""A command that ends with what it runs."""

import asyncio


async def serve(worker):
    try:
        await worker.run()
    except asyncio.CancelledError:  # doubtful: AW213
        print("stopped")
