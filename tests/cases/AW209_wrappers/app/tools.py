import asyncio
import logging

logger = logging.getLogger(__name__)


async def safe_gather(*args, **kwargs):
    try:
        return await asyncio.gather(*args, **kwargs)
    except Exception as error:
        logger.debug("%s", error)
        raise


def gather_all(*coros):
    return asyncio.gather(*coros)  # finding: AW209


async def gather_quietly(*args):
    return await asyncio.gather(*args, return_exceptions=True)


async def gather_metrics(*names):
    return [name.upper() for name in names]
