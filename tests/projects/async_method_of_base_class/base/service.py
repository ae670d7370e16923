from pooled import Pooled


async def work():
    pooled = Pooled("x")
    pooled.close()
