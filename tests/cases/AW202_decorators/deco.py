import asyncio
import functools
import time


def logged(func):
    @functools.wraps(func)
    async def wrapper(*args, **kwargs):
        return await func(*args, **kwargs)

    return wrapper


def traced(func):
    def wrapper(*args, **kwargs):
        result = func(*args, **kwargs)
        print(result)
        return result

    return functools.update_wrapper(wrapper, func)


def registered(func):
    return func


def retry(times=3):
    def decorate(func):
        @functools.wraps(func)
        async def wrapper(*args):
            for _ in range(times):
                return await func(*args)

        return wrapper

    return decorate


def either(func):
    if asyncio.iscoroutinefunction(func):

        @functools.wraps(func)
        async def wrapper(*args):
            return await func(*args)

        return wrapper

    @functools.wraps(func)
    def plain(*args):
        return func(*args)

    return plain


def blocking(func):
    @functools.wraps(func)
    def wrapper(*args):
        return asyncio.run(func(*args))

    return wrapper


def task(func):
    @functools.wraps(func)
    def wrapper(*args):
        return asyncio.create_task(func(*args))

    return wrapper


def optional(func=None, *, name=None):
    def decorate(inner):
        @functools.wraps(inner)
        async def wrapper(*args):
            return await inner(*args)

        return wrapper

    if func is None:
        return decorate
    return decorate(func)


def measured(func):
    @functools.wraps(func)
    async def slow(*args):
        return await func(*args)

    @functools.wraps(func)
    def fast(*args):
        result = func(*args)
        return result

    return slow if asyncio.iscoroutinefunction(func) else fast
