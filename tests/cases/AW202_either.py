"""Callables that may be coroutine functions or not, and code that asks which."""

import asyncio
import inspect
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from typing import Any, Optional, Union

Answer = Callable[[str], Coroutine[Any, Any, str]]
Either = Union[Callable[[], Awaitable[None]], Callable[[], None]]
Perhaps = Callable[[str], Awaitable[None] | None]


async def announce(text):
    await asyncio.sleep(0)
    return text


class Steps:
    def __init__(self, after: Answer, done: Either, seen: Perhaps, optional: Callable[[], Optional[Awaitable[int]]]):
        self.after = after
        self.done = done
        self.seen = seen
        self.optional = optional

    async def forgets(self):
        self.after("done")  # finding: AW202

    async def either(self):
        self.done()
        self.seen("step")
        self.optional()

    async def asks_for_the_function(self):
        if inspect.iscoroutinefunction(self.after):
            await self.after("done")
        else:
            self.after("done")

    async def asks_for_the_result(self):
        answer = self.after("done")
        if isinstance(answer, Awaitable):
            return await answer
        return answer.upper()

    def asks_for_the_result_without_a_loop(self):
        answer = self.after("done")
        if inspect.isawaitable(answer):
            raise TypeError("it has to be a plain function")
        return answer

    def wraps(self, handler: Answer):
        waits = inspect.iscoroutinefunction(handler)

        def plainly(text):
            handler(text)

        return handler if waits else plainly


class Routes:
    def get(self, path: str) -> Answer: ...


async def show(path):
    return path


def add_routes(routes: Routes):
    routes.get("/")(show)


class Runner(ABC):
    @abstractmethod
    async def run(self, task: str) -> AsyncGenerator[str, None]: ...


class Quick(Runner):
    async def run(self, task: str) -> AsyncGenerator[str, None]:
        yield task


async def takes_each(runner: Runner):
    results = runner.run("a")
    async for result in results:
        print(result)


class Removal:
    """Goes on by itself; waiting for its end is up to the caller."""

    def __init__(self, task):
        self.task = task

    def __await__(self):
        return self.task.__await__()


class Tree:
    def remove(self) -> Removal:
        task = asyncio.ensure_future(announce("gone"))
        removal = Removal(task)
        return removal

    def clear(self):
        self.remove()


def never(items):
    if False and items:
        announce("never")
