"""Coroutines in displays, choices and parallel assignments, read by somebody or by nobody."""

import asyncio


async def work():
    await asyncio.sleep(1)


async def other():
    await asyncio.sleep(2)


async def parallel():
    first, second = work(), other()  # finding: AW202
    await first


async def nested():
    [a, (b, c)] = [work(), (other(), work())]  # finding: AW202
    await a
    await b


async def chosen(flag):
    one = work() if flag else None  # finding: AW202


async def in_displays():
    listed = [1, {2: work()}]  # finding: AW202
    named: dict = {"first": other()}  # finding: AW202


async def added_and_dropped():
    [] + [work()]  # finding: AW202
    [work()]  # finding: AW202


async def read_by_somebody(flag):
    first, second = work(), other()
    await asyncio.gather(first, second)
    one = work() if flag else other()
    await one
    listed = [work(), other()]
    for it in listed:
        await it
    named = {"first": work()}
    await named["first"]
    a, *rest = work(), other(), work()
    await asyncio.gather(a, *rest)


async def from_a_star_on():
    *rest, last = work(), other()
    await asyncio.gather(*rest)
    await last


pending = [work()]
kept = work() if pending else None


class Holder:
    async def holds(self, table):
        self.one, self.two = work(), other()
        table["a"], table["b"] = work(), other()


def hands_out():
    global pending
    pending = [work()]
    made = [work()]
    return lambda: made
