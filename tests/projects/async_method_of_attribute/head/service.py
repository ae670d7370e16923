from client import Client


class Service:
    def __init__(self):
        self.client = Client("x")

    async def stop(self):
        self.client.close()
