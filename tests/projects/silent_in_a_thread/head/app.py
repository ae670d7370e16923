import asyncio

from views import show


async def handle(request):
    return await asyncio.to_thread(show, request)
