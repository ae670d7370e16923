import asyncio


class Payload:
    def __init__(self, value, recogniser):
        self._value = value
        self._recogniser = recogniser
        self._lock = asyncio.Lock()

    async def write(self, writer):
        chunk = self._value.read(1024)  # caused: AW104
        while chunk:
            await writer.write(chunk)
            chunk = self._value.read(1024)  # caused: AW104
        self._value.close()  # caused: AW104

    async def recognise(self, image):
        return self._recogniser.find(image, best=True)  # caused: AW104

    async def call(self, tool, **arguments):
        result = tool(**arguments)  # caused: AW104
        if asyncio.iscoroutine(result):
            result = await result
        return result

    async def stop(self, executors):
        for executor in executors:
            executor.stop_and_wait()  # caused: AW104

    async def store(self, backend, data):
        return backend.put(data)  # caused: AW104

    def collect(self):
        self._recogniser.forget()  # caused: AW104

    async def forget(self):
        self.collect()
