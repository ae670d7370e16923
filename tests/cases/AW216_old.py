# target: 3.7
"""On Python 3.7 cancellation is an `Exception`."""

import asyncio


async def work(): ...


async def too_broad():
    try:
        await work()
    except Exception:  # finding: AW216
        pass
    try:
        await work()
    except Exception as error:  # finding: AW216
        print(error)


async def cancellation_first():
    try:
        await work()
    except asyncio.CancelledError:
        raise
    except Exception:
        pass


async def narrow():
    try:
        await work()
    except ValueError:
        pass
