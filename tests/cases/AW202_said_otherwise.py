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


class Provider:
    async def aembed(self, text: str) -> list[float]:
        return [1.0]

    def embed(self, text: str, aembedding: bool = False) -> list[float]:
        if aembedding is True:
            return self.aembed(text)
        return [1.0]

    def embed_with(self, text: str, options: dict) -> list[float]:
        if options.get("async_call", False):
            return self.aembed(text)
        return [1.0]

    def embed_later(self, text: str) -> list[float]:
        if self.busy:
            return self.aembed(text)  # finding: AW202
        return [1.0]


async def route(provider: Provider, agent: Agent, text):
    if text.startswith("?"):
        return agent.answer(text)
    return provider.aembed(text)


async def route_one(provider: Provider, text):
    if text.startswith("?"):
        return None
    return provider.aembed(text)  # finding: AW202
