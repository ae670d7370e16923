class Client:
    async def send(self, text): ...


async def connect() -> Client:
    return Client()
