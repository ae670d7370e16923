from store import Store


class Service:
    def __init__(self, store: Store):
        self.store = store

    async def handle(self, key):
        return self.store.load(key)
