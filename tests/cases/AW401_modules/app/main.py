from app.shared import make, session


async def main():
    async with make() as client:
        await client.get("http://a")
    await session.close()
