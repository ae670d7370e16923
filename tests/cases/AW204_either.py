"""A loop for what turned out to be a coroutine only."""

import asyncio


class Tool:
    def run(self, function):
        result = function()
        if asyncio.iscoroutine(result):
            result = asyncio.run(result)
        return result

    def fetch(self, function):
        return asyncio.run(function())


async def use(tool: Tool, function):
    tool.run(function)  # doubtful: AW204
    return tool.fetch(function)  # finding: AW204
