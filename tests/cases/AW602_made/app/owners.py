"""Owners of sessions that another file makes."""

from app.making import make_later, make_session


class Forgets:
    async def start(self):
        self.forgotten_session = make_session()  # finding: AW602

    async def ask(self, url):
        return await self.forgotten_session.get(url)


class ForgetsLater:
    async def start(self):
        self.later_session = await make_later()  # finding: AW602

    async def stop(self):
        print("stopped")


class Remembers:
    async def start(self):
        self.kept_session = make_session()

    async def stop(self):
        await self.kept_session.close()


class Given:
    def __init__(self, given_session):
        self.given_session = given_session


async def gives():
    return Given(make_session())
