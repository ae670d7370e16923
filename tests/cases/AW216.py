"""Handlers for everything around awaits, and those that let cancellation pass."""

import asyncio
import builtins
import logging
import sys

log = logging.getLogger(__name__)


async def work(): ...


async def every_spelling():
    try:
        await work()
    except:  # finding: AW216
        pass
    try:
        await work()
    except BaseException:  # finding: AW216
        log.exception("failed")
    try:
        await work()
    except BaseException as error:  # finding: AW216
        log.error("failed: %s", error)
    try:
        await work()
    except (ValueError, BaseException):  # finding: AW216
        pass
    try:
        await work()
    except builtins.BaseException:  # finding: AW216
        pass


async def behind_others():
    try:
        await work()
    except ValueError:
        raise
    except:  # finding: AW216
        pass
    try:
        await work()
    except Exception:
        pass
    except BaseException:  # finding: AW216
        return None


async def on_some_paths(flag):
    try:
        await work()
    except:  # finding: AW216
        if flag:
            raise
    try:
        await work()
    except BaseException:  # finding: AW216
        raise ValueError("failed")


async def in_a_loop(stream):
    while True:
        try:
            async for _ in stream:
                pass
        except:  # finding: AW216
            continue


class Service:
    async def run(self):
        while True:
            try:
                async with self.lock:
                    self.step()
            except BaseException:  # finding: AW216
                self.failed = True


async def inner_await_in_expression(client):
    try:
        return [await client.get(n) for n in range(3)]
    except:  # finding: AW216
        return []


# What goes on as it should.


async def narrow():
    try:
        await work()
    except Exception:
        log.exception("failed")
    try:
        await work()
    except (ValueError, OSError):
        pass


async def raised_again(flag):
    try:
        await work()
    except:
        log.exception("failed")
        raise
    try:
        await work()
    except BaseException as error:
        log.error("failed: %s", error)
        raise error
    try:
        await work()
    except BaseException:
        if flag:
            log.info("x")
        raise


async def cancellation_first():
    try:
        await work()
    except asyncio.CancelledError:
        raise
    except BaseException:
        log.exception("failed")


async def just_cancelled(task):
    task.cancel()
    try:
        await task
    except BaseException:
        pass


async def nothing_to_wait_for(value):
    try:
        return int(value)
    except:
        return None


def synchronous(value):
    try:
        return value.result()
    except:
        return None


async def passed_on(future):
    try:
        await work()
    except BaseException as error:
        future.set_exception(error)


class Keeper:
    async def keeps_it(self):
        try:
            await work()
        except BaseException as error:
            self.error = error
            log.error("failed: %s", error)

    async def wraps_it(self):
        try:
            return Outcome(await work())
        except BaseException as error:
            return Failure(error)

    async def raises_elsewhere(self):
        try:
            await work()
        except BaseException as error:
            await self.fail_all(error)

    async def collects(self, errors):
        try:
            await work()
        except BaseException as error:
            errors.append(error)

    async def decides_by_it(self, value):
        try:
            await work()
        except BaseException as error:
            if error is not value:
                raise


async def only_tells_of_it():
    try:
        await work()
    except BaseException as error:  # finding: AW216
        print(error)
    try:
        await work()
    except BaseException as error:  # finding: AW216
        message = str(error)
        log.error(message)
    try:
        await work()
    except BaseException as error:  # finding: AW216
        raise ValueError(str(error)) from error


async def looks_at_it():
    try:
        await work()
    except BaseException as error:
        if isinstance(error, asyncio.CancelledError):
            raise
        log.error("failed")


async def ends_the_program():
    try:
        await work()
    except:
        sys.exit(1)


async def groups():
    try:
        await work()
    except* ValueError:
        pass


async def whole_groups():
    try:
        await work()
    except* BaseException:  # finding: AW216
        log.error("failed")
    try:
        await work()
    except* BaseException:
        log.error("failed")
        raise


async def caught_before():
    try:
        await work()
    except BaseException:
        raise
    except:
        pass


async def raises_behind_a_loop(done):
    try:
        await work()
    except BaseException:
        while not done():
            log.error("failed")
        else:
            raise
    try:
        await work()
    except BaseException:
        for line in ["failed", "again"]:
            log.error(line)
        else:
            raise
    try:
        await work()
    except BaseException:  # finding: AW216
        for _ in range(3):
            if done():
                break
        else:
            raise


async def raises_in_a_loop(items):
    try:
        await work()
    except BaseException:
        for _ in range(3):
            raise
    try:
        await work()
    except BaseException:
        for item in (items, None):
            raise
    try:
        await work()
    except BaseException:  # finding: AW216
        for item in items:
            raise


async def another_class():
    from elsewhere import BaseException

    try:
        await work()
    except BaseException:
        pass


async def main():
    try:
        await work()
    except:
        log.exception("failed")


if __name__ == "__main__":
    asyncio.run(main())


async def a_nested_handler_passes_it_on(connection):
    try:
        await work()
    except BaseException as error:
        try:
            await connection.close()
        except BaseException as later:
            raise later
        raise error
    try:
        await work()
    except BaseException:
        try:
            connection.reset()
        except:
            raise
        raise


async def a_nested_handler_hides_it(connection):
    try:
        await work()
    except BaseException as error:  # finding: AW216
        try:
            connection.reset()
        except ValueError as refused:
            raise refused
        raise error
