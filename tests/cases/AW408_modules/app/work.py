import asyncio


async def save(text):
    await asyncio.to_thread(print, text)
