class Client:
    async def close(self):
        pass
