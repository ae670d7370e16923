import asyncio

import aio_pika
import asyncpg
from aiokafka import AIOKafkaProducer


class Listener:
    async def start(self):
        self.connection = await asyncpg.connect("postgres://db")  # finding: AW403
        await self.connection.add_listener("jobs", print)


class Publisher:
    def __init__(self):
        self._producer = AIOKafkaProducer(bootstrap_servers="kafka:9092")  # finding: AW403

    async def send(self, value):
        await self._producer.send_and_wait("topic", value)


class Stopped:
    def __init__(self):
        self._kafka = AIOKafkaProducer(bootstrap_servers="kafka:9092")

    async def stop(self):
        await self._kafka.stop()


class Rabbit:
    async def __aenter__(self):
        self.rabbit = await aio_pika.connect_robust("amqp://mq")
        return self

    async def __aexit__(self, *exc_info):
        await self.rabbit.close()


class Opens:
    async def open(self):
        self.inherited = await asyncpg.connect("postgres://db")


class Closes(Opens):
    async def close(self):
        await self.inherited.close()


class GivenToStack:
    async def open(self, stack):
        self.on_stack = await asyncpg.connect("postgres://db")
        stack.push_async_callback(self.on_stack.close)


async def not_kept():
    connection = await asyncpg.connect("postgres://db")
    try:
        await asyncio.sleep(1)
    finally:
        await connection.close()
