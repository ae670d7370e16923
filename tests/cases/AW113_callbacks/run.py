import asyncio


def at_once(function, *args):
    return function(*args)


def in_thread(function):
    loop = asyncio.get_running_loop()
    return loop.run_in_executor(None, function)


async def guarded(function):
    return function()


class Hass:
    def __init__(self, loop: asyncio.AbstractEventLoop):
        self.loop = loop

    def async_add_executor_job(self, target, *args):
        return self.loop.run_in_executor(None, target, *args)

    def soon(self, target):
        self.loop.call_soon(target)
