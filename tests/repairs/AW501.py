# repair: with an import
import time

async def main():
    time.sleep(1)
# becomes
import asyncio
import time

async def main():
    await asyncio.sleep(1)
# repair: under another name
from time import sleep as pause


async def main():
    pause(0.5)
# becomes
import asyncio
from time import sleep as pause


async def main():
    await asyncio.sleep(0.5)
# keep: nothing can be awaited here
import asyncio
import time


async def main():
    asyncio.get_running_loop().call_later(1, lambda: time.sleep(1))
