import time
from typing import Literal, Union, overload


class SyncClient:
    def __enter__(self):
        return self

    def __exit__(self, *exc):
        pass

    def read(self):
        time.sleep(1)

    def close(self):
        time.sleep(1)


class AsyncClient:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc):
        pass

    async def read(self):
        pass

    def close(self):
        pass


def get_client(sync: bool = False) -> Union["SyncClient", "AsyncClient"]:
    return SyncClient() if sync else AsyncClient()


@overload
def pick(sync: Literal[True]) -> SyncClient: ...


@overload
def pick(sync: Literal[False] = ...) -> AsyncClient: ...


def pick(sync: bool = False) -> Union[SyncClient, AsyncClient]:
    return SyncClient() if sync else AsyncClient()
