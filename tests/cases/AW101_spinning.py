"""Loops that keep the event loop for themselves, and loops that end or wait."""

import asyncio
import time


class Worker:
    def __init__(self):
        self.stopped = False
        self.items = []
        self.ready = asyncio.Event()


async def nothing_in_it():
    while True:  # finding: AW101
        ...


async def only_counts(worker: Worker):
    turns = 0
    while True:  # finding: AW101
        turns += 1


async def may_raise(pull):
    while True:  # doubtful: AW101
        pull()


async def looks_at_a_flag(worker: Worker):
    while not worker.stopped:  # finding: AW101
        pass


async def looks_at_an_event(worker: Worker):
    while not worker.ready.is_set():  # finding: AW101
        continue


async def looks_at_the_clock():
    end = time.monotonic() + 1
    while time.monotonic() < end:  # finding: AW101
        pass


async def waits_only_for_items(worker: Worker):
    while True:  # finding: AW101
        if worker.items:
            await handle(worker.items.pop())


async def waits_when_asked(is_ready):
    while True:  # doubtful: AW101
        if is_ready():
            await handle(1)


async def yields_sometimes(worker: Worker):
    while True:  # finding: AW101
        while worker.items:
            yield worker.items.pop()


async def ends_sometimes(worker: Worker):
    while 1:  # finding: AW101
        if worker.stopped:
            return


async def the_inner_one_keeps_it():
    while True:
        while True:  # finding: AW101
            pass


async def handle(item):
    await asyncio.sleep(item)


# What waits, ends, or does something in each round.


async def waits(worker: Worker):
    while True:
        await handle(1)


async def waits_by_other_words(worker: Worker, lock, stream):
    while True:
        async with lock:
            pass
    while True:
        async for item in stream:
            print(item)
    while True:
        print([item async for item in stream])


async def waits_otherwise(worker: Worker):
    while True:
        if worker.items:
            worker.items.pop()
        else:
            await handle(1)


async def reads_to_the_end(read):
    while True:
        data = read()
        if not data:
            break
    while True:
        if not read():
            return


async def sends_until_it_is_full(send, full):
    try:
        while True:
            send()
    except full:
        pass


async def advances(scan):
    while scan():
        pass
    while token := scan():
        continue


async def drains(worker: Worker):
    while worker.items:
        worker.items.pop()
    while not worker.stopped:
        worker.items.append(1)


async def parses(buffer, more):
    while True:
        line = buffer.line()
        if line is None:
            await more()


async def blocks_elsewhere():
    while True:
        time.sleep(1)


async def asserts(worker: Worker):
    while True:
        worker.items.pop()
        assert worker.items


def in_a_thread(worker: Worker):
    while not worker.stopped:
        pass


async def defined_only(worker: Worker):
    def spin():
        while True:
            worker.items.append(1)

    await asyncio.to_thread(spin)
