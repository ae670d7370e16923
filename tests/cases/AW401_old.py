# target: 3.8
import asyncio

lock = asyncio.Lock()  # finding: AW401
queue = asyncio.Queue(maxsize=4)  # finding: AW401


async def main():
    done = asyncio.Event()
    await done.wait()
