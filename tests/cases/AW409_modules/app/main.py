"""Runs and closes a loop of another file's making."""

from app.loops import new_loop, serve


async def work(): ...


def closes():
    loop = new_loop()
    try:
        loop.run_until_complete(work())
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


def serves():
    serve(work)
