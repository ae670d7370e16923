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
    fi