class Closing:
    def __init__(self):
        self.handles = []

    async def close(self): ...
