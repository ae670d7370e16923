"""Each library has an exception of its own for what is cancelled; a handler is late only for that of its own."""

import asyncio
from asyncio import exceptions

import anyio
import trio


async def three_of_them(stream):
    try:
        await stream.read()
    except trio.Cancelled:  # finding: AW213
        print("trio")
    except anyio.get_cancelled_exc_class():  # finding: AW213
        print("anyio")
    except exceptions.CancelledError:  # finding: AW213
        print("asyncio")


async def the_same_again(stream):
    try:
        await stream.read()
    except asyncio.CancelledError:
        raise
    except exceptions.CancelledError:
        print("never reached")


async def after_one_that_raises(stream):
    try:
        await stream.read()
    except trio.Cancelled:
        raise
    except asyncio.CancelledError:  # finding: AW213
        print("asyncio")


async def after_everything(stream):
    try:
        await stream.read()
    except BaseException:
        raise
    except trio.Cancelled:
        print("never reached")
