# repair: a list
async def rows():
    yield 1

async def main():
    found = []
    async for row in rows():
        found.append(row)
    return found
# becomes
async def rows():
    yield 1

async def main():
    found = [row async for row in rows()]
    return found
# repair: under a condition
async def rows():
    yield 1


async def main(wanted):
    found = set()
    async for row in rows():
        if row in wanted:
            found.add(row * 2)
    return found
# becomes
async def rows():
    yield 1


async def main(wanted):
    found = {row * 2 async for row in rows() if row in wanted}
    return found
# repair: a mapping
async def rows():
    yield 1, 2


async def main():
    table = {}
    async for key, value in rows():
        table[key] = value
    return table
# becomes
async def rows():
    yield 1, 2


async def main():
    table = {key: value async for key, value in rows()}
    return table
