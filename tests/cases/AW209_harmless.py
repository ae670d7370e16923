"""Where the authors say that nothing can fail."""

import asyncio


async def said_to_be_safe(peers):
    # Note: this never raises, whatever the peer does.
    await asyncio.gather(*(peer.forget() for peer in peers))


async def said_of_something_else(peers):
    # All of them at once.
    await asyncio.gather(*(peer.forget() for peer in peers))  # finding: AW209
