"""Raised again on every way, or not: `match`, loops with `else`, nested `finally`."""

import asyncio
import logging


async def work(): ...


async def one_case_forgets(kind):
    try:
        await work()
    except asyncio.CancelledError:  # finding: AW213
        match kind:
            case "quiet":
                logging.info("cancelled")
            case _:
                raise
    await work()


async def the_loop_is_left(steps):
    try:
        await work()
    except asyncio.CancelledError:  # finding: AW213
        for step in steps:
            if step:
                break
        else:
            raise
    await work()


async def the_inner_finally_returns():
    try:
        await work()
    finally:
        try:
            logging.info("done")
        finally:
            return 1  # finding: AW213


async def the_outer_handler_stops_it():
    try:
        try:
            await work()
        except asyncio.CancelledError:
            logging.info("inner")
            raise
    except asyncio.CancelledError:  # finding: AW213
        logging.info("outer")
    await work()


async def every_case_raises(kind):
    try:
        await work()
    except asyncio.CancelledError:
        match kind:
            case "quiet":
                logging.info("cancelled")
            case _:
                logging.error("cancelled")
        raise


async def each_case_raises(kind):
    try:
        await work()
    except asyncio.CancelledError:
        match kind:
            case "quiet":
                raise
            case _:
                logging.error("cancelled")
                raise
    await work()


async def the_loop_always_raises(steps):
    try:
        await work()
    except asyncio.CancelledError:
        while steps:
            steps.pop()
        else:
            raise


async def raised_behind_a_finally():
    try:
        await work()
    except asyncio.CancelledError:
        try:
            logging.info("cancelled")
        finally:
            logging.info("always")
        raise


async def raised_in_a_finally():
    try:
        await work()
    except asyncio.CancelledError:
        try:
            logging.info("cancelled")
        finally:
            raise


async def returns_when_nothing_was_raised():
    try:
        await work()
    except asyncio.CancelledError:
        raise
    else:
        return 1
    finally:
        logging.info("always")


async def an_early_exit_in_the_handler(first):
    try:
        await work()
    except asyncio.CancelledError:  # finding: AW213
        if first:
            return None
        raise
    return 1


async def left_by_continue_in_the_handler(steps):
    for _ in steps:
        try:
            await work()
        except asyncio.CancelledError:  # finding: AW213
            continue
    await work()


async def within_a_with(lock):
    async with lock:
        try:
            await work()
        except asyncio.CancelledError:
            with open("log") as log:
                log.write("cancelled")
            raise
