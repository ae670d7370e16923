from impl import Pooled


async def stop():
    pooled = Pooled()
    pooled.close()
