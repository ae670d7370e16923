import functools

from run import Hass, at_once, guarded, in_thread
from work import load, quick


async def main(hass: Hass, rows):
    at_once(load)  # finding: AW113
    at_once(quick)
    at_once(functools.partial(load))  # finding: AW113
    await in_thread(load)
    await hass.async_add_executor_job(load)
    await hass.async_add_executor_job(lambda: load())
    hass.soon(load)  # finding: AW113
    await guarded(load)  # finding: AW113
    await guarded(lambda: load())  # finding: AW113
    list(map(lambda row: load(), rows))  # finding: AW113
    return [work for work in (load, quick)]
