from impl import Quick


async def work():
    quick = Quick()
    quick.close()
