"""Uses of what other files define."""

from .base import Answer, Request


async def of_requests(request: Request):
    async for part in request:
        print(part)
    async with request:
        pass
    await request
    await request.respond()
    await request.reply()  # finding: AW201


async def of_answers(answer: Answer):
    async for part in answer:  # finding: AW201
        print(part)
    async with answer:  # finding: AW201
        pass
    await answer  # finding: AW201
