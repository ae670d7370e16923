import asyncio
import aiofiles


async def agen():
    yield 1


async def check(item):
    return item > 0


def gen():
    yield 1


class Source:
    def __aiter__(self):
        return self

    async def __anext__(self):
        raise StopAsyncIteration


class Both(Source):
    def __iter__(self):
        return iter([1])


async def loops(xs):
    for i in agen():  # finding: AW304
        print(i)
    for i in Source():  # finding: AW304
        print(i)
    [i for i in agen()]  # finding: AW304
    rows = agen()
    for row in rows:  # finding: AW304
        print(row)
    for ok in (await check(x) for x in xs):  # finding: AW304
        print(ok)
    async for i in agen():
        print(i)
    for i in gen():
        print(i)
    for i in Both():
        print(i)
    for i in [await check(x) for x in xs]:
        print(i)
    [i async for i in agen()]
    mixed = agen()
    if xs:
        mixed = gen()
    for i in mixed:
        print(i)


async def consumers(xs):
    a = list(agen())  # finding: AW304
    b = set(agen())  # finding: AW304
    c = any(await check(x) for x in xs)  # finding: AW304
    d = sorted((await check(x) for x in xs), key=str)  # finding: AW304
    e = ", ".join(str(x) async for x in agen())  # finding: AW304
    f = list(x for x in xs if await check(x))  # finding: AW304
    g = dict(enumerate(agen()))  # finding: AW304
    h = next(agen())  # finding: AW304
    print(*agen())  # finding: AW304
    return a, b, c, d, e, f, g, h


def in_a_plain_function():
    for i in agen():  # finding: AW304
        print(i)
    return list(agen())  # finding: AW304


async def fine(xs, collect):
    a = [x async for x in agen()]
    b = any([await check(x) for x in xs])
    c = list(x for x in await collect(xs))
    d = sum(x for x in [await check(y) for y in xs])
    e = list(gen())
    f = await collect(x async for x in agen())
    g = await collect(agen())
    h = list([await check(x) for x in xs])
    i = any(lambda: check(x) for x in xs)
    j = await asyncio.gather(*(check(x) for x in xs))
    return a, b, c, d, e, f, g, h, i, j


def own_list():
    def list(source):
        return source

    return list(agen())


async def by_hand(reader: asyncio.StreamReader, source):
    while True:
        line = await reader.readline()  # finding: AW304
        if not line:
            break
        print(line)
    while True:
        try:
            item = await source.__anext__()  # finding: AW304
        except StopAsyncIteration:
            break
        print(item)
    while True:
        line = await asyncio.wait_for(reader.readline(), 5)
        if not line:
            break
        print(line)
    while True:
        line = await reader.readline()
        if line == b"QUIT":
            break
    while reader:
        line = await reader.readline()
        if not line:
            break


async def of_a_file(path):
    async with aiofiles.open(path) as file:
        async for line in file:
            print(line)


async def generates():
    yield 1


async def takes_it_apart(found, index):
    first, *rest = generates()  # finding: AW304
    third = generates()[2]  # finding: AW304
    del generates()[0]  # finding: AW304
    everything = [*generates(), 4]  # finding: AW304
    made = generates()
    one, two = [item async for item in generates()]
    last = found[index]
    return first, rest, third, everything, made, one, two, last


def hands_them_on():
    yield from generates()  # finding: AW304


def hands_on_plain_ones(numbers):
    yield from numbers()
