from store import cache


async def handle(key):
    return cache.get(key)
