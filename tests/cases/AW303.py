import contextlib


class Locked:  # finding: AW303
    """A lock in the store."""

    def __init__(self, store, key):
        self.store = store
        self.key = key

    async def __aenter__(self):
        self.token = await self.store.lock(self.key)
        return self.token

    async def __aexit__(self, *failure):
        await self.store.unlock(self.key, self.token)


class GivesItself:
    def __init__(self, store):
        self.store = store

    async def __aenter__(self):
        self.token = await self.store.lock()
        return self

    async def __aexit__(self, *failure):
        await self.store.unlock(self.token)


class Decides:
    def __init__(self, store):
        self.store = store

    async def __aenter__(self):
        return await self.store.begin()

    async def __aexit__(self, kind, error, trace):
        await self.store.end()
        return kind is ValueError


class DoesMore:
    def __init__(self, store):
        self.store = store

    async def __aenter__(self):
        return await self.store.begin()

    async def __aexit__(self, *failure):
        await self.store.end()

    async def work(self):
        await self.store.work()


class Derived(Locked2):
    def __init__(self, store):
        self.store = store

    async def __aenter__(self):
        return await self.store.begin()

    async def __aexit__(self, *failure):
        await self.store.end()


class Synchronous:
    def __init__(self, store):
        self.store = store

    def __enter__(self):
        return self.store.begin()

    def __exit__(self, *failure):
        self.store.end()


@contextlib.asynccontextmanager
async def locked(store, key):
    token = await store.lock(key)
    try:
        yield token
    finally:
        await store.unlock(key, token)
