from store import read


async def handle(key):  # caused: AW113
    return read(key)
