import asyncio

from . import files
from .config import Config, load_config
from .repo import Repo, lazy
from shop.util import backoff as wait, timed

repo = Repo()
config = Config()


async def handler(request):
    load_config()  # finding: AW113
    repo.find(1)  # finding: AW113
    repo.cached
    repo.total  # finding: AW113
    wait(3)  # finding: AW113
    Repo.open()  # finding: AW113
    timed()
    files.names()
    with files.locked("a"):  # finding: AW113
        pass
    for line in files.lines("a"):  # finding: AW113
        print(line)
    files.lines("a")
    return [files.read(name) for name in request]  # finding: AW113


async def sorting(items):
    sorted(items, key=files.read)  # finding: AW113
    lazy()
    config["key"]  # finding: AW113


def sync(request):
    load_config()


async def schedules():
    loop = asyncio.get_running_loop()
    loop.call_soon(load_config)  # finding: AW113
    await loop.run_in_executor(None, load_config)
