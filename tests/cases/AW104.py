"""Other blocking calls on the loop, and what only looks like one."""

import asyncio
import ftplib
import getpass
import os
import queue
import select
import smtplib
import socket
import subprocess
import subprocess as sp
import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from multiprocessing import Process
from subprocess import Popen, check_output, run

from anyio import run_process

lock = threading.Lock()
jobs = queue.Queue()


async def processes():
    subprocess.run(["a"])  # finding: AW104
    subprocess.call(["a"])  # finding: AW104
    subprocess.check_call(["a"])  # finding: AW104
    subprocess.check_output(["a"])  # finding: AW104
    subprocess.getoutput("a")  # finding: AW104
    subprocess.getstatusoutput("a")  # finding: AW104
    sp.run(["a"])  # finding: AW104
    run(["a"])  # finding: AW104
    check_output(["a"])  # finding: AW104
    child = subprocess.Popen(["a"])  # finding: AW104
    child.wait()  # finding: AW104
    child.communicate()  # finding: AW104
    with Popen(["a"]) as other:  # finding: AW104
        other.communicate()  # finding: AW104
    os.system("a")  # finding: AW104
    os.popen("a")  # finding: AW104
    os.spawnl(os.P_WAIT, "a")  # finding: AW104
    os.spawnvpe(os.P_NOWAIT, "a")  # finding: AW104
    os.posix_spawn("a", [], {})  # finding: AW104
    os.wait()  # finding: AW104
    os.waitpid(1, 0)  # finding: AW104
    os.wait4(1, 0)  # finding: AW104
    await something(subprocess.getoutput("a"))  # finding: AW104


async def network(host):
    socket.getaddrinfo(host, 80)  # finding: AW104
    socket.gethostbyname(host)  # finding: AW104
    socket.create_connection((host, 80))  # finding: AW104
    sock = socket.socket()
    sock.connect((host, 80))  # finding: AW104
    sock.recv(10)  # finding: AW104
    smtplib.SMTP(host)  # finding: AW104
    with smtplib.SMTP_SSL(host) as server:  # finding: AW104
        server.send_message(None)  # finding: AW104
    ftplib.FTP(host)  # finding: AW104
    select.select([], [], [])  # finding: AW104


async def people():
    input()  # finding: AW104
    name = input("name? ")  # finding: AW104
    getpass.getpass()  # finding: AW104
    return name


async def threads():
    process = Process(target=processes)
    process.join()  # finding: AW104
    pool = ThreadPoolExecutor(max_workers=2)
    made = pool.submit(print)
    wait([made])  # finding: AW104
    pool.shutdown()  # finding: AW104


# Nothing below blocks the loop.


def synchronous():
    subprocess.run(["a"])
    input()
    lock.acquire()


async def asynchronous_siblings(host):
    process = await asyncio.create_subprocess_exec("a")
    await process.wait()
    await process.communicate()
    await run_process(["a"])
    loop = asyncio.get_running_loop()
    await loop.getaddrinfo(host, 80)
    reader = asyncio.Queue()
    await reader.get()
    event = asyncio.Event()
    await event.wait()
    guard = asyncio.Lock()
    await guard.acquire()
    await reader.join()
    future = loop.create_future()
    return future


async def in_threads():
    await asyncio.to_thread(subprocess.run, ["a"])
    await asyncio.to_thread(input, "name? ")
    await asyncio.get_running_loop().run_in_executor(None, lambda: subprocess.run(["a"]))


async def that_do_not_wait(event: threading.Event, future: Future):
    event.set()
    event.is_set()
    jobs.put_nowait(1)
    jobs.get_nowait()
    jobs.get(block=False)
    jobs.get(False)
    jobs.qsize()
    lock.acquire(blocking=False)
    lock.acquire(False)
    lock.release()
    future.done()
    future.cancel()
    future.add_done_callback(print)
    pool = ThreadPoolExecutor(max_workers=2)
    pool.submit(print)
    pool.shutdown(wait=False)
    threading.Thread(target=print).start()
    subprocess.list2cmdline(["a"])
    os.getpid()
    os.kill(1, 9)
    ", ".join(["a"])
    os.path.join("a", "b")


async def nonblocking_socket():
    sock = socket.socket()
    sock.setblocking(False)
    try:
        sock.recv(10)
    except BlockingIOError:
        pass
    sock.close()


async def done_already(tasks):
    done, pending = await asyncio.wait(tasks)
    for task in done:
        task.result()
    return pending


async def same_names(subprocess, input, run):
    subprocess.run(["a"])
    input()
    run(["a"])


async def something(value):
    print(value)


NUMERIC_ONLY = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV


class Peer:
    def __init__(self, sock: socket.socket, loop):
        self.sock = sock
        loop.add_reader(sock.fileno(), self.readable)

    def readable(self):
        # The loop has seen that something is there.
        return self.sock.recv(1024)

    async def peek(self, loop):
        while True:
            try:
                return self.sock.recv(10, socket.MSG_PEEK)
            except (BlockingIOError, InterruptedError):
                await loop.sock_recv(self.sock, 0)

    async def blocking(self):
        try:
            return self.sock.recv(10)  # finding: AW104
        except OSError:
            return b""


async def numbers(host, port):
    try:
        return socket.getaddrinfo(host, port, flags=NUMERIC_ONLY)
    except socket.gaierror:
        return await asyncio.get_running_loop().getaddrinfo(host, port)


async def asks_for_a_moment(fd):
    poll = select.poll()
    poll.register(fd, select.POLLHUP)
    if poll.poll(0):
        return True
    if select.select([fd], [], [], 0)[0]:
        return True
    return poll.poll()  # finding: AW104


async def own_address():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect(("192.0.2.1", 1))
        return sock.getsockname()[0]
