"""Uses what other files open, and closes it or not."""

from app.opening import bind, default_log, dial, open_log, serve


# Left open.


async def logs(path, lines):
    log = open_log(path)  # finding: AW410
    for line in lines:
        log.write(line)


async def listens(port):
    listener = bind(port)  # finding: AW410
    listener.listen()
    listener.setblocking(False)


async def greets(host):
    reader, writer = await dial(host)  # finding: AW410
    writer.write(b"HELO\r\n")
    return await reader.readline()


# Closed, or given on.


async def logs_and_closes(path, lines):
    with open_log(path) as log:
        for line in lines:
            log.write(line)


async def listens_and_closes(port):
    listener = bind(port)
    try:
        listener.listen()
    finally:
        listener.close()


async def greets_and_closes(host):
    reader, writer = await dial(host)
    try:
        writer.write(b"HELO\r\n")
        return await reader.readline()
    finally:
        writer.close()
        await writer.wait_closed()


async def serves(handler):
    server = await serve(handler)
    async with server:
        await server.serve_forever()


async def gives_on(path):
    return open_log(path)


async def may_be_anothers(path, log):
    log = default_log(path, log)
    log.write("line")
