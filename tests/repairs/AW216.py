# repair: `BaseException`
import asyncio
import logging

async def main():
    try:
        await asyncio.sleep(1)
    except BaseException:
        logging.exception("failed")
    await asyncio.sleep(2)
# becomes
import asyncio
import logging

async def main():
    try:
        await asyncio.sleep(1)
    except Exception:
        logging.exception("failed")
    await asyncio.sleep(2)
# repair: bare
import asyncio
import logging


async def main():
    try:
        await asyncio.sleep(1)
    except:
        logging.exception("failed")
    await asyncio.sleep(2)
# becomes
import asyncio
import logging


async def main():
    try:
        await asyncio.sleep(1)
    except Exception:
        logging.exception("failed")
    await asyncio.sleep(2)
