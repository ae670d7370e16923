"""Makes sessions for owners in other files."""

import aiohttp


def make_session():
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5))


async def make_later():
    session = aiohttp.ClientSession()
    session.headers.update({"accept": "application/json"})
    return session
