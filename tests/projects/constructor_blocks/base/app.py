from client import Client


async def handle(url):
    client = Client(url)
    return client
