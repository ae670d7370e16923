from clients import get_client, pick


async def entered():
    async with get_client() as client:
        await client.read()
        client.close()
    with get_client(sync=True) as client:
        client.read()  # finding: AW113


async def any_of_them(client=None):
    client = client or get_client()
    await client.read()
    client.close()


async def picked():
    pick(sync=True).read()  # missed: AW113
    await pick().read()
    pick(sync=False).close()
