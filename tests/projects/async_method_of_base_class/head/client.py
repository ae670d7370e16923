class Client:
    def __init__(self, url):
        self.url = url

    def fetch(self):
        return self.url

    async def close(self):  # caused: AW202
        self.url = None
