"""A coroutine that the type checker has been told of."""

from grpc import aio


class Worker:
    def __init__(self, target):
        self.channel = aio.insecure_channel(target)

    def close(self):
        self.channel.close()  # finding: AW202

    def close_as_it_is(self):
        self.channel.close()  # type: ignore[unused-coroutine]  # doubtful: AW202
