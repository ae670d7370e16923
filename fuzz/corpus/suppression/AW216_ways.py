"""Broad handlers that raise again on every way, or not."""

import asyncio
import logging


async def work(): ...


async def one_case_forgets(kind):
    try:
        await work()
    except BaseException:  # finding: AW216
        match kind:
            case "quiet":
                logging.info("failed")
            case _:
                raise
    await work()


async def a_condition_decides(final):
    while True:
        try:
            await work()
        except:  # finding: AW216
            if final:
                raise
            logging.exception("failed")


async def the_loop_is_left(steps):
    while steps:
        try:
            await work()
        except BaseException:  # finding: AW216
            break
    await work()


async def each_case_raises(kind):
    try:
        await work()
    except BaseException:
        match kind:
            case "quiet":
                raise
            case _:
                logging.exception("failed")
                raise


async def raises_behind_its_clean_up(connection):
    try:
        await work()
    except BaseException:
        try:
            await connection.rollback()
        finally:
            logging.info("rolled back")
        raise


async def cancellation_is_let_pass_before():
    try:
        await work()
    except asyncio.CancelledError:
        raise
    except BaseException:
        logging.exception("failed")
    await work()


async def raises_in_each_turn(steps):
    try:
        await work()
    except BaseException:
        for step in steps:
            logging.info(step)
        else:
            raise
