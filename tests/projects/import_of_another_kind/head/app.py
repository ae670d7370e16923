from clock import sleep


async def handle():
    sleep(1)
