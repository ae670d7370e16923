import aiohttp


class Client:
    def __init__(self):
        self.session = aiohttp.ClientSession()
