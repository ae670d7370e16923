import asyncio


async def load(request):
    return request


def show(request):
    return asyncio.run(load(request))  # caused: AW204
