"""A program that expects to be ended by its tasks."""

import asyncio
import sys


async def run_bot(bot):
    if not await bot.login():
        sys.exit(1)  # doubtful: AW704
    await bot.run()


def main(bot):
    loop = asyncio.new_event_loop()
    task = loop.create_task(run_bot(bot))
    try:
        loop.run_forever()
    except SystemExit as error:
        loop.run_until_complete(bot.close())
        task.cancel()
        raise error
    finally:
        loop.close()
