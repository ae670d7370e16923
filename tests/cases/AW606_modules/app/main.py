"""Uses files that another file opens."""

from app.files import journal, opened


async def notes(path, lines):
    log = await journal(path)  # finding: AW606
    for line in lines:
        await log.write(line)


async def notes_unless_it_fails(path, lines):
    log = await journal(path)  # finding: AW606
    await log.writelines(lines)
    await log.close()


async def reads(path):
    handle = await opened(path)  # finding: AW606
    return await handle.read()


async def notes_and_closes(path, lines):
    log = await journal(path)
    try:
        await log.writelines(lines)
    finally:
        await log.close()


async def reads_within(path):
    async with opened(path) as handle:
        return await handle.read()


class Forgets:
    async def start(self):
        self.log = await journal("a")  # finding: AW606


class Closes:
    async def start(self):
        self.log = await journal("a")

    async def stop(self):
        await self.log.close()
