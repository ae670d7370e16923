import asyncio
import contextlib


async def holding(pool):
    async with pool.acquire() as connection:
        async for row in connection.cursor("select 1"):
            yield row


async def finishing(source):
    try:
        for item in source:
            yield item
    finally:
        await source.finish()


async def free(source):
    for item in source:
        yield item
        await asyncio.sleep(0)


async def careful(source):
    try:
        for item in source:
            yield item
    finally:
        print("done")


async def between(pool):
    async with pool.acquire() as connection:
        rows = await connection.fetch("select 1")
    for row in rows:
        yield row


async def leaves(pool):
    async for row in holding(pool):  # finding: AW305
        if row:
            break
    async for row in finishing(pool):  # finding: AW305
        if row:
            raise ValueError(row)
    rows = holding(pool)
    async for row in rows:  # finding: AW305
        return row


async def goes_on(pool):
    async for row in holding(pool):
        if row:
            continue
        for part in row:
            if part:
                break
    async for row in free(pool):
        return row
    async for row in careful(pool):
        return row
    async for row in between(pool):
        return row


async def closes(pool):
    async with contextlib.aclosing(holding(pool)) as rows:
        async for row in rows:
            return row
    rows = holding(pool)
    try:
        async for row in rows:
            return row
    finally:
        await rows.aclose()


async def in_a_group(urls, fetch):
    async with asyncio.TaskGroup() as group:
        for url in urls:
            yield group.create_task(fetch(url), name=url)  # finding: AW305


async def once_in_a_group():
    async with asyncio.TaskGroup() as group:
        yield group  # finding: AW305


async def made_a_context_elsewhere():
    async with asyncio.TaskGroup() as group:
        yield group


group_of_tasks = contextlib.asynccontextmanager(made_a_context_elsewhere)


async def two_steps(lock):
    async with asyncio.timeout(5) as limit:
        await lock.acquire()
        yield "locked"  # finding: AW305
        limit.reschedule(None)
        yield "free to take its time"


@contextlib.asynccontextmanager
async def managed(urls):
    async with asyncio.TaskGroup() as group:
        for url in urls:
            yield group


async def outside_of_it(urls, fetch):
    for url in urls:
        async with asyncio.timeout(10):
            answer = await fetch(url)
        yield answer


async def lines_of(path):
    with open(path) as file:
        for line in file:
            yield line  # finding: AW305


async def answers_of(client, urls):
    for url in urls:
        async with client.get(url) as response:
            yield await response.json()  # finding: AW305


async def quiet(source):
    with contextlib.suppress(StopIteration):
        yield next(source)


async def read_here(path):
    with open(path) as file:
        for line in file:
            yield line


async def reader_of_all(path):
    async for line in read_here(path):
        print(line)


async def dependency(pool):
    async with pool.acquire() as connection:
        yield connection


ROUTES = {"/": [dependency]}


async def nothing_held(path):
    with open(path) as file:
        text = file.read()
    yield text


async def inner_ones():
    with open("numbers") as file:
        def numbers():
            yield from file

        return list(numbers())


def plain_generator(path):
    with open(path) as file:
        yield from file
