from client import Client


async def handle(client: Client, url):
    return client.session.get(url)
