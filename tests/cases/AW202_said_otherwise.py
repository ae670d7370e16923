"""Plain functions that return a coroutine to those who await it, whatever their annotation says."""

from collections.abc import AsyncIterator


class Agent:
    async def answer(self, text: str) -> str:
        return text

    async def stream(self, text: str) -> AsyncIterator[str]:
        yield text

    def run(self, text: str, stream: bool = False) -> str | AsyncIterator[str]:
        if stream:
            return self.stream(text)
        return self.answer(text)

    def quote(self, text: str) -> str:
        return self.answer(text)

    def shout(self, text: str) -> str:
        return self.answer(text)  # finding: AW202


async def use(agent):
    return await agent.quote("text")
