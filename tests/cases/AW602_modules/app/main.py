from app.client import Base, Client, Leaky


class Derived(Base):
    async def close(self):
        await self.http.close()


async def main():
    client, leaky, derived = Client(), Leaky(), Derived()
    try:
        await client.get("http://a")
        await leaky.get("http://a")
    finally:
        await client.session.close()
        await derived.close()
