"""Closed on every way, or not, through each kind of statement: `match`, `while … else`, nested `finally`, early exits."""

import aiohttp
import asyncpg
import httpx


# Open on some way.


async def one_case_forgets(kind, url):
    client = httpx.AsyncClient()  # finding: AW301
    match kind:
        case "get":
            await client.get(url)
            await client.aclose()
        case "head":
            await client.head(url)


async def no_case_may_match(kind, url):
    client = httpx.AsyncClient()  # finding: AW301
    match kind:
        case "get":
            await client.aclose()
        case "head":
            await client.aclose()


async def a_guard_may_fail(kind, ready):
    client = httpx.AsyncClient()  # finding: AW301
    match kind:
        case _ if ready:
            await client.aclose()


async def left_by_break(urls):
    session = aiohttp.ClientSession()  # finding: AW301
    left = list(urls)
    while left:
        reply = await session.get(left.pop())
        if reply.status == 200:
            break
    else:
        await session.close()


async def only_in_the_loop(urls):
    session = aiohttp.ClientSession()  # finding: AW301
    for url in urls:
        await session.get(url)
        await session.close()


async def the_clean_up_before_it_may_fail(dsn):
    connection = await asyncpg.connect(dsn)  # finding: AW301
    try:
        await connection.execute("a")
    finally:
        await connection.execute("b")
        await connection.close()


async def only_the_handler_closes(dsn):
    connection = await asyncpg.connect(dsn)  # finding: AW301
    try:
        await connection.execute("a")
    except asyncpg.PostgresError:
        await connection.close()


async def the_else_closes(dsn):
    connection = await asyncpg.connect(dsn)  # finding: AW301
    try:
        await connection.execute("a")
    except asyncpg.PostgresError:
        pass
    else:
        await connection.close()


# Closed, whichever way is taken.


async def every_case_closes(kind, url):
    client = httpx.AsyncClient()
    try:
        match kind:
            case "get":
                return await client.get(url)
            case "head":
                return await client.head(url)
            case _:
                raise ValueError(kind)
    finally:
        await client.aclose()


async def both_ends_of_the_loop(urls):
    session = aiohttp.ClientSession()
    try:
        left = list(urls)
        while left:
            reply = await session.get(left.pop())
            if reply.status == 200:
                break
        else:
            raise LookupError
    finally:
        await session.close()


async def closed_by_the_innermost(dsn):
    connection = await asyncpg.connect(dsn)
    try:
        try:
            await connection.execute("a")
        finally:
            await connection.close()
    finally:
        print("done")


async def closed_by_the_outermost(dsn):
    connection = await asyncpg.connect(dsn)
    try:
        try:
            await connection.execute("a")
        finally:
            await connection.execute("b")
    finally:
        await connection.close()


async def closed_in_a_finally_of_the_finally(dsn):
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("a")
    finally:
        try:
            await connection.execute("b")
        finally:
            await connection.close()


async def closed_before_it_is_raised_again(dsn):
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("a")
    except BaseException:
        await connection.close()
        raise
    await connection.close()


async def left_with_continue(urls):
    for url in urls:
        client = httpx.AsyncClient()
        try:
            if not url:
                continue
            await client.get(url)
        finally:
            await client.aclose()


async def the_clean_up_before_it_is_another_closing(dsn, cursor):
    connection = await asyncpg.connect(dsn)  # doubtful: AW301
    try:
        await connection.execute("a")
    finally:
        await cursor.close()
        await connection.close()


async def the_clean_up_before_it_is_guarded(dsn):
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("a")
    finally:
        try:
            await connection.execute("b")
        except asyncpg.PostgresError:
            print("failed")
        await connection.close()


async def what_comes_before_it_does_not_wait(dsn):
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("a")
    finally:
        print("done")
        await connection.close()


async def closed_first_in_the_finally(dsn, log):
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("a")
    finally:
        await connection.close()
        await log.write("closed")


async def one_of_the_early_exits_forgets(dsn, fast):
    connection = await asyncpg.connect(dsn)  # finding: AW301
    if fast:
        return None
    try:
        return await connection.fetchval("a")
    finally:
        await connection.close()


async def under_a_match_in_a_loop(urls):
    for url in urls:
        client = httpx.AsyncClient()
        try:
            match await client.get(url):
                case None:
                    continue
                case reply:
                    return reply
        finally:
            await client.aclose()


async def raised_out_of_the_with(url):
    async with httpx.AsyncClient() as client:
        if not url:
            raise ValueError(url)
        for _ in range(3):
            if (await client.get(url)).is_success:
                return True
            break
        else:
            return False
