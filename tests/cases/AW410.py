import asyncio
import contextlib
import os


async def never_closed(host):
    reader, writer = await asyncio.open_connection(host, 7)  # finding: AW410
    writer.write(b"x")
    await writer.drain()
    return await reader.read()


async def closed_unless_it_fails(host):
    reader, writer = await asyncio.wait_for(asyncio.open_connection(host, 7), 5)  # finding: AW410
    data = await reader.read()
    writer.close()
    return data


async def listens(handler):
    server = await asyncio.start_server(handler, port=80)  # finding: AW410
    await asyncio.sleep(3600)


class Echo(asyncio.DatagramProtocol):
    def datagram_received(self, data, addr):
        print(data, addr)


async def sends(address):
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Echo, remote_addr=address)  # finding: AW410
    transport.sendto(b"x")


async def not_waited_for():
    process = await asyncio.create_subprocess_exec("ls", stdout=asyncio.subprocess.PIPE)  # finding: AW410
    async for line in process.stdout:
        print(line)


async def killed_only():
    process = await asyncio.create_subprocess_shell("ls")
    await asyncio.sleep(5)
    process.kill()


async def outlives_its_limit():
    process = await asyncio.create_subprocess_exec("ls")
    try:
        await asyncio.wait_for(process.communicate(), 5)  # finding: AW410
    except asyncio.TimeoutError:
        print("too slow")


async def outlives_its_limit_too():
    process = await asyncio.create_subprocess_exec("ls")
    async with asyncio.timeout(5):
        await process.wait()  # finding: AW410


class Keeps:
    async def start(self, handler):
        self.server = await asyncio.start_server(handler, port=80)  # finding: AW410
        self.reader, self.writer = await asyncio.open_connection("host", 7)  # finding: AW410


# What gives them back, or gives them to others, is silent.


async def closes(host):
    reader, writer = await asyncio.open_connection(host, 7)
    try:
        return await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()


async def closing(host):
    reader, writer = await asyncio.open_connection(host, 7)
    with contextlib.closing(writer):
        return await reader.read()


async def gives_back(host):
    reader, writer = await asyncio.open_connection(host, 7)
    return reader, writer


async def hands_over(host, pool):
    reader, writer = await asyncio.open_connection(host, 7)
    pool.put(writer)


async def is_open(host, port):
    try:
        reader, writer = await asyncio.open_connection(host, port)
        writer.close()
    except OSError:
        return False
    return True


async def serves(handler):
    server = await asyncio.start_server(handler, port=80)
    async with server:
        await server.serve_forever()


async def serves_without(handler):
    server = await asyncio.start_server(handler, port=80)
    await server.serve_forever()


async def main(handler):
    server = await asyncio.start_server(handler, port=80)
    await asyncio.Event().wait()


async def listening(handler):
    server = await asyncio.start_server(handler, port=80)
    return server


class Counts(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        print(data)


async def protocol_from_outside(factory):
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_connection(factory, "host", 7)
    await protocol.done


async def waits():
    process = await asyncio.create_subprocess_exec("ls")
    return await process.wait()


async def communicates():
    process = await asyncio.create_subprocess_exec("ls", stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    return out, process.returncode


async def kills():
    process = await asyncio.create_subprocess_exec("ls")
    try:
        await asyncio.wait_for(process.wait(), 5)
    except asyncio.TimeoutError:
        process.kill()
        await process.wait()


async def kills_the_group():
    process = await asyncio.create_subprocess_exec("ls")
    try:
        await asyncio.wait_for(process.wait(), 5)
    except asyncio.TimeoutError:
        os.kill(process.pid, 9)


async def gives_the_process():
    process = await asyncio.create_subprocess_exec("ls")
    return process


async def watched(group):
    process = await asyncio.create_subprocess_exec("ls")
    group.start_soon(watch, process)


async def watch(process):
    await process.wait()


class Closes:
    async def start(self, handler):
        self.server = await asyncio.start_server(handler, port=80)
        self.reader, self.writer = await asyncio.open_connection("host", 7)

    async def close(self):
        self.server.close()
        await self.server.wait_closed()
        self.writer.close()
        await self.writer.wait_closed()
