"""What derives from a request can be iterated over, entered and awaited."""

from .base import Request


class StreamRequest(Request):
    def __aiter__(self):
        return self

    async def __anext__(self):
        raise StopAsyncIteration

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc):
        pass

    def __await__(self):
        yield

    async def respond(self):
        print("sent")
