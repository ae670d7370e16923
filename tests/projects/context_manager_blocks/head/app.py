from lock import guard


async def handle():
    with guard:
        return 1
