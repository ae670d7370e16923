# repair: a method
import asyncio

async def main():
    return asyncio.get_event_loop().time()
# becomes
import asyncio

async def main():
    return asyncio.get_running_loop().time()
# repair: imported by its name
from asyncio import get_event_loop


async def main():
    loop = get_event_loop()
    return loop.time()
# becomes
import asyncio
from asyncio import get_event_loop


async def main():
    loop = asyncio.get_running_loop()
    return loop.time()
