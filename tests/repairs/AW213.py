# repair: nothing raises
import asyncio
import logging

async def main():
    try:
        await asyncio.sleep(1)
    except asyncio.CancelledError:
        logging.info("cancelled")
    await asyncio.sleep(2)
# becomes
import asyncio
import logging

async def main():
    try:
        await asyncio.sleep(1)
    except asyncio.CancelledError:
        logging.info("cancelled")
        raise
    await asyncio.sleep(2)
# repair: passed over
import asyncio


async def main():
    try:
        await asyncio.sleep(1)
    except asyncio.CancelledError:
        pass
    await asyncio.sleep(2)
# becomes
import asyncio


async def main():
    try:
        await asyncio.sleep(1)
    except asyncio.CancelledError:
        raise
    await asyncio.sleep(2)
# repair: caught with others
import asyncio
import logging


async def main(client):
    try:
        await client.poll()
    except (asyncio.CancelledError, ConnectionError):
        logging.info("no answer")
    await asyncio.sleep(2)
# becomes
import asyncio
import logging


async def main(client):
    try:
        await client.poll()
    except asyncio.CancelledError:
        raise
    except (asyncio.CancelledError, ConnectionError):
        logging.info("no answer")
    await asyncio.sleep(2)
# keep: a `return` may be wanted for another reason
import asyncio


async def main():
    try:
        await asyncio.sleep(1)
    finally:
        return 1
# keep: one way only
import asyncio


async def main(final):
    try:
        await asyncio.sleep(1)
    except asyncio.CancelledError:
        if final:
            raise
        return 1
    return 2
