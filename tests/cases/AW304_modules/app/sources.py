async def ticks():
    yield 1


def numbers():
    yield 1


class Feed:
    def __aiter__(self):
        return self

    async def __anext__(self):
        raise StopAsyncIteration
