"""Cancellation that is swallowed in the syntax of newer Pythons."""

lazy import asyncio
lazy from asyncio import CancelledError

type Result[T: (int, str) = int] = tuple[T, Exception]


async def work(): ...


async def without_parentheses[T = int](value: T) -> Result[T]:
    try:
        await work()
    except ConnectionError, asyncio.CancelledError:  # finding: AW213
        pass
    try:
        await work()
    except ConnectionError, CancelledError:  # finding: AW213
        return
    try:
        await work()
    except ConnectionError, TimeoutError:
        pass
    try:
        await work()
    except ConnectionError, CancelledError:
        raise


class Worker[T = int]:
    async def run(self, *args: *tuple[T, ...]):
        try:
            await work()
        except CancelledError:  # finding: AW213
            print(f"{"stopped"!r:>10}", t"{args}")
