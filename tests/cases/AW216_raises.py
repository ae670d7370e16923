"""Handlers for everything that raise by a function, or whose author speaks of cancellation."""

from typing import NoReturn


class Socket:
    async def accept(self):
        try:
            return await self.socket.accept()
        except BaseException as error:
            self.convert(error)

    def convert(self, error) -> NoReturn:
        raise OSError from error

    async def receive(self, errors):
        try:
            return await self.socket.receive()
        except BaseException as error:  # finding: AW216
            self.note(error)

    def note(self, error):
        print(error)

    async def start(self, errors):
        try:
            await self.socket.start()
        except BaseException as error:  # doubtful: AW216
            # Who cancels this has noted the reason already.
            errors.setdefault("error", str(error))


def get_cancelled_exc_class() -> type[BaseException]:
    return BaseException


async def call(function, future):
    try:
        await function()
    except get_cancelled_exc_class():
        future.cancel()


class Cycle:
    def start(self, loop, app):
        self.task = loop.create_task(self.run(app))

    async def run(self, app):
        try:
            await app()
        except BaseException as error:  # doubtful: AW216
            print("failed", error)
