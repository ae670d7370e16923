"""A program in which something runs while a person is asked."""

import asyncio


async def listen(reader):
    while line := await reader.readline():
        print(line)


async def chat(reader, writer):
    listener = asyncio.create_task(listen(reader))
    while True:
        print("you:")
        text = input()  # finding: AW104
        if not text:
            break
        writer.write(text.encode())
    listener.cancel()
