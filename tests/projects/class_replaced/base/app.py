from impl import Client


async def stop():
    client = Client()
    client.close()
