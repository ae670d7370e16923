from app import sources
from app.sources import Feed, numbers, ticks


async def main():
    for tick in ticks():  # finding: AW304
        print(tick)
    for item in Feed():  # finding: AW304
        print(item)
    for tick in sources.ticks():  # finding: AW304
        print(tick)
    for number in numbers():
        print(number)
    async for tick in ticks():
        print(tick)
