"""In a cancelled scope every await raises at once."""

import anyio
import trio


async def close(): ...


async def in_finally(client):
    try:
        pass
    finally:
        await close()  # finding: AW218
        with trio.move_on_after(5):
            await close()  # finding: AW218
        async for _ in client:  # finding: AW218
            pass


async def in_handlers():
    try:
        await close()
    except trio.Cancelled:
        await close()  # finding: AW218
        raise
    except BaseException:
        await close()  # finding: AW218
        raise
    try:
        await close()
    except ValueError:
        await close()  # finding: AW218
        raise


async def shielded(client):
    try:
        await close()
    finally:
        with trio.CancelScope(shield=True):
            await close()
        with trio.move_on_after(5, shield=True):
            await close()
        with trio.move_on_after(5) as scope:
            scope.shield = True
            await close()
            scope.shield = False
            await close()  # finding: AW218
        await client.aclose()
        await trio.lowlevel.cancel_shielded_checkpoint()
        await trio.aclose_forcefully(client)
        async with trio.open_nursery() as nursery:
            nursery.cancel_scope.shield = True
            await close()


async def handled():
    try:
        await close()
    except ValueError:
        await close()


async def flush(client):
    with trio.CancelScope(shield=True):
        await client.flush()


async def close_shielded(client): ...


async def calls_what_is_shielded(client):
    try:
        await close()
    finally:
        await flush(client)
        await close_shielded(client)


async def only_notes(event):
    event.set()


async def waits(event):
    await event.wait()


async def ends_without_waiting(event):
    try:
        await trio.sleep(1)
    finally:
        await only_notes(event)


async def ends_with_waiting(event):
    try:
        await trio.sleep(1)
    finally:
        await waits(event)  # finding: AW218


class Session:
    async def start(self):
        try:
            await trio.sleep(1)
        except BaseException:
            self.group.cancel_scope.cancel()
            self.group.cancel_scope.shield = True
            await self.group.__aexit__(None, None, None)
            raise


class Connection:
    async def __aenter__(self):
        await self.open()
        return self

    async def __aexit__(self, *exc_info):
        await self.say_goodbye()  # finding: AW218
        with trio.CancelScope(shield=True):
            await self.say_goodbye()
        await self.stream.aclose()


class Wrapper:
    async def __aexit__(self, *exc_info):
        return await self.inner.__aexit__(*exc_info)


async def a_class_that_is_not_asked_for(stream):
    try:
        await stream.read()
    except anyio.get_cancelled_exc_class("asyncio"):
        raise
    except:
        await stream.send(b"bye")  # finding: AW218
        raise
