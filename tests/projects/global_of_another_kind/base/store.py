from redis.asyncio import Redis

cache = Redis()
