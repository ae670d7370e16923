from views import show


async def handle(request):
    return show(request)
