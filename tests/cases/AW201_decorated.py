"""Awaiting what decorators and overrides make."""

from tornado import gen


@gen.coroutine
def closes():
    yield None


class Backend:
    def connect(self):
        """Says what a backend does."""

    def listen(self):
        return self.connect()


def through(backend: Backend):
    return backend.connect()


async def awaits(backend: Backend):
    await closes()
    await backend.listen()
    await through(backend)
