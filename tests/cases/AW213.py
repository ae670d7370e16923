"""Cancellation that is swallowed, and code that only looks like it."""

import asyncio
import contextlib
import logging
from asyncio import CancelledError
from asyncio import CancelledError as Cancelled
from contextlib import suppress

log = logging.getLogger(__name__)


async def work(): ...


async def every_spelling():
    try:
        await work()
    except asyncio.CancelledError:  # finding: AW213
        pass
    try:
        await work()
    except CancelledError:  # finding: AW213
        log.info("stopped")
    try:
        await work()
    except Cancelled as error:  # finding: AW213
        log.info("stopped: %s", error)
    try:
        await work()
    except asyncio.exceptions.CancelledError:  # finding: AW213
        return


async def among_others():
    try:
        await work()
    except (ConnectionError, asyncio.CancelledError):  # finding: AW213
        log.info("gone")
    try:
        await work()
    except (ValueError, (TypeError)):
        pass


async def in_a_loop(queue):
    while True:
        try:
            await queue.get()
        except asyncio.CancelledError:  # finding: AW213
            continue
    for _ in range(3):
        try:
            await queue.get()
        except asyncio.CancelledError:  # finding: AW213
            break


async def on_some_paths(flag, value):
    try:
        await work()
    except asyncio.CancelledError:  # finding: AW213
        if flag:
            raise
    try:
        await work()
    except asyncio.CancelledError:  # finding: AW213
        match value:
            case 1:
                raise
            case 2:
                raise
    try:
        await work()
    except asyncio.CancelledError:  # finding: AW213
        for _ in value:
            raise
    try:
        await work()
    except asyncio.CancelledError:  # finding: AW213
        try:
            log.info("stopping")
            raise
        except Exception:
            pass
        except BaseException:
            pass
    try:
        await work()
    except asyncio.CancelledError:  # finding: AW213
        while flag:
            raise


async def raises_another():
    try:
        await work()
    except asyncio.CancelledError:  # finding: AW213
        raise ValueError("cancelled")
    try:
        await work()
    except asyncio.CancelledError as error:  # finding: AW213
        raise RuntimeError("cancelled") from error


async def waits_otherwise(stream, lock):
    try:
        async for _ in stream:
            pass
    except asyncio.CancelledError:  # finding: AW213
        pass
    try:
        async with lock:
            pass
    except asyncio.CancelledError:  # finding: AW213
        pass


async def in_finally(stream):
    for _ in range(3):
        try:
            await work()
        finally:
            break  # finding: AW213
    for _ in range(3):
        try:
            await work()
        finally:
            continue  # finding: AW213
    try:
        await work()
    finally:
        if stream:
            return 1  # finding: AW213


async def suppressed():
    with contextlib.suppress(asyncio.CancelledError):  # finding: AW213
        await work()
    with suppress(ValueError, CancelledError):  # finding: AW213
        await work()


class Worker:
    async def run(self):
        try:
            await work()
        except asyncio.CancelledError:  # finding: AW213
            self.stopped = True


# What goes on as it should.


async def raised_again(flag, value):
    try:
        await work()
    except asyncio.CancelledError:
        log.info("stopped")
        raise
    try:
        await work()
    except asyncio.CancelledError as error:
        raise error
    try:
        await work()
    except asyncio.CancelledError as error:
        raise error.with_traceback(None)
    try:
        await work()
    except asyncio.CancelledError:
        raise asyncio.CancelledError("stopped")
    try:
        await work()
    except asyncio.CancelledError:
        if flag:
            raise
        else:
            raise
    try:
        await work()
    except asyncio.CancelledError:
        match value:
            case 1:
                raise
            case _:
                raise
    try:
        await work()
    except asyncio.CancelledError:
        try:
            log.info("stopped")
        finally:
            raise
    try:
        await work()
    except asyncio.CancelledError:
        while True:
            raise
    try:
        await work()
    except asyncio.CancelledError:
        with open("log") as file:
            file.write("stopped")
            raise


async def just_cancelled(tasks):
    task = asyncio.create_task(work())
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        pass
    for other in tasks:
        other.cancel()
    for other in tasks:
        with contextlib.suppress(asyncio.CancelledError):
            await other


class Owner:
    async def stop(self):
        self._task.cancel()
        try:
            await self._task
        except asyncio.CancelledError:
            pass

    async def stop_all(self):
        for task in self._tasks:
            task.cancel()
        try:
            await asyncio.gather(*self._tasks)
        except asyncio.CancelledError:
            pass


async def nothing_to_wait_for(task):
    try:
        return task.result()
    except asyncio.CancelledError:
        return None


def synchronous(future):
    try:
        return future.result()
    except asyncio.CancelledError:
        return None


async def only_a_nested_one_waits():
    try:
        async def inner():
            await work()
    except asyncio.CancelledError:
        pass


async def asks_who_was_cancelled(task):
    try:
        await task
    except asyncio.CancelledError:
        if not task.cancelled():
            raise
    try:
        await task
    except asyncio.CancelledError:
        if asyncio.current_task().cancelling():
            raise


async def raised_behind():
    failure = None
    try:
        await work()
    except asyncio.CancelledError as error:
        failure = error
    log.info("done")
    if failure is not None:
        raise failure


async def leaves_only_a_loop_in_finally():
    try:
        await work()
    finally:
        for item in range(3):
            if item:
                break


async def a_function_in_finally():
    try:
        await work()
    finally:

        def inner():
            return 1

        inner()


async def dead():
    return
    try:
        await work()
    except asyncio.CancelledError:
        pass


async def main():
    try:
        await work()
    except asyncio.CancelledError:
        log.info("bye")


asyncio.run(main())


async def another_class():
    from elsewhere import CancelledError

    try:
        await work()
    except CancelledError:
        pass


async def suppresses_others():
    with suppress(ValueError):
        await work()


async def hidden_by_another_handler(resource):
    try:
        await work()
    except asyncio.CancelledError:  # finding: AW213
        try:
            resource.close()
        except OSError as error:
            raise ValueError("closing failed") from error
        raise


async def hands_control_out():
    try:
        yield await work()
    except asyncio.CancelledError:  # finding: AW213
        yield None
        raise


async def asks_the_context(context):
    try:
        await work()
    except asyncio.CancelledError as error:
        if not await context.__aexit__(type(error), error, None):
            raise
