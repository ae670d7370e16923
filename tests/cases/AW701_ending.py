"""Loops that end by themselves, and tasks that somebody waits for."""

import asyncio


async def load(name):
    return await name.load()


async def collect(queue):
    while True:
        try:
            name = await asyncio.wait_for(queue.get(), 2)
        except asyncio.TimeoutError:
            break
        await load(name)


async def forever(queue):
    while True:  # finding: AW701
        name = await queue.get()
        await load(name)


async def logs(reader):
    while True:
        line = await reader.readline()
        if line == b"":
            return
        print(line)


async def find_services(device):
    while True:
        found = await device.ask()
        if found:
            break


async def connect(device):
    services = asyncio.create_task(find_services(device))
    done, pending = await asyncio.wait([services, asyncio.create_task(asyncio.sleep(10))])
    for task in pending:
        task.cancel()
    return done


async def starts(queue, reader):
    asyncio.create_task(collect(queue))
    asyncio.create_task(forever(queue))
    asyncio.create_task(logs(reader))
