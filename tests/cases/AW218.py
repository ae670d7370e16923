"""Clean-up that waits, with and without protection."""

import asyncio


async def work(): ...


async def close(client): ...


async def in_finally(client):
    try:
        await work()
    finally:
        await close(client)  # finding: AW218
        await close(client)
    try:
        await work()
    finally:
        async with client:  # finding: AW218
            pass


async def in_handlers(client):
    try:
        await work()
    except asyncio.CancelledError:
        await close(client)  # finding: AW218
        raise
    try:
        await work()
    except BaseException:
        await close(client)  # finding: AW218
        raise
    try:
        await work()
    except:
        await close(client)  # finding: AW218
        raise


# Below nothing can go wrong so.


async def protected(client, task):
    try:
        await work()
    finally:
        await asyncio.shield(close(client))
        await asyncio.wait_for(close(client), 1)
        async with asyncio.timeout(1):
            await close(client)
        await client.close(timeout=5)
    try:
        await work()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await task


async def other_handlers(client):
    try:
        await work()
    except ValueError:
        await close(client)
    try:
        await work()
    except asyncio.CancelledError:
        raise
    except BaseException:
        await close(client)
        raise


async def nothing_to_cancel(client):
    try:
        print("x")
    finally:
        await close(client)


def synchronous(client):
    try:
        client.run()
    finally:

        async def later():
            await close(client)

        client.later = later


async def main(client):
    try:
        await work()
    finally:
        await close(client)


asyncio.run(main(None))


async def waits_for_what_it_closed(reader, writer):
    try:
        return await reader.readline()
    finally:
        writer.close()
        await writer.wait_closed()
