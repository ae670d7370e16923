import app.handlers.deep
import app.jobs as jobs
from app import *
from app.client import make

try:
    from app.storage import default
except ImportError:
    default = None


def load(name):
    return name


async def main():
    jobs.run_job("a")  # finding: AW202
    app.handlers.deep.handle()  # finding: AW202
    await app.handlers.deep.handle()
    run_job("b")  # finding: AW202
    make(None).fetch("k")  # finding: AW202
    default().load("k")  # finding: AW202
    load("a")
    _hidden()


async def late():
    from app.jobs import run_job as start

    start("c")  # finding: AW202
