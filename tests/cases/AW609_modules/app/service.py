import asyncpg

from app.store import Store, between, move, move_alone


async def serve(pool: asyncpg.Pool, user):
    async with pool.acquire() as connection:
        async with connection.transaction():
            await move(connection, user)
            await between(connection, user)
        await move_alone(connection, user)


async def with_a_store(store: Store, user):
    async with store.db.transaction():
        await store.held(user)
    await store.alone(user)
