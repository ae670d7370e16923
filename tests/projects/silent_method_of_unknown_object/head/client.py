import time


class Client:
    async def close(self):
        pass

    def fetch(self):
        time.sleep(1)
        return 1
