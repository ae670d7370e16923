"""Computing on the loop, and what is short, elsewhere, or no computing."""

import asyncio
import bz2
import functools
import hashlib
import lzma
import shutil
import zipfile
import zlib
from concurrent.futures import ProcessPoolExecutor

import bcrypt
import pandas as pd
from argon2 import PasswordHasher
from passlib.context import CryptContext
from PIL import Image

LIMIT = 1_000_000
passwords = CryptContext(schemes=["bcrypt"])
hasher = PasswordHasher()


async def libraries(password, salt, data):
    bcrypt.hashpw(password, salt)  # finding: AW101
    bcrypt.checkpw(password, salt)  # finding: AW101
    hashlib.pbkdf2_hmac("sha256", password, salt, 600_000)  # finding: AW101
    hashlib.scrypt(password, salt=salt, n=2, r=8, p=1)  # finding: AW101
    passwords.verify(password, salt)  # finding: AW101
    hasher.hash(password)  # finding: AW101
    zlib.compress(data)  # finding: AW101
    bz2.compress(data)  # finding: AW101
    lzma.compress(data)  # finding: AW101
    frame = pd.read_csv("x.csv")  # finding: AW101
    frame.to_excel("x.xlsx")  # finding: AW101
    image = Image.open("x.png")
    image.resize((10, 10))  # finding: AW101
    return image


async def archives(name):
    shutil.make_archive(name, "zip")  # finding: AW101
    shutil.unpack_archive(name)  # finding: AW101
    with zipfile.ZipFile(name) as archive:
        archive.extractall("x")  # finding: AW101


async def loops():
    total = 0
    for i in range(100_000):  # finding: AW101
        total += i
    for i in range(0, 10**7, 2):  # finding: AW101
        total += i
    for i in range(LIMIT):  # finding: AW101
        total += i
    for i in range(int(1e6)):  # finding: AW101
        total += i
    for i in range(1000):
        for j in range(1000):  # finding: AW101
            total += i * j
    n = 0
    while n < 10_000_000:  # finding: AW101
        n += 1
    for i, _ in enumerate(range(LIMIT)):  # finding: AW101
        total += i
    numbers = [i * i for i in range(2_000_000)]  # finding: AW101
    total += sum(i for i in range(1_000_000))  # finding: AW101
    total += sum(range(10_000_000))  # finding: AW101
    return numbers, total


async def over_itself(items):
    pairs = 0
    for a in items:
        for b in items:  # finding: AW101
            pairs += a.matches(b)
    return pairs


def fibonacci(n):
    if n < 2:
        return n
    return fibonacci(n - 1) + fibonacci(n - 2)


def busy():
    for i in range(5_000_000):
        print(i)


def through():
    busy()


def digest(password):
    return bcrypt.hashpw(password, bcrypt.gensalt())


class User:
    def __init__(self, password):
        self.digest = digest(password)

    @property
    def number(self):
        return fibonacci(30)


async def through_functions(password):
    fibonacci(30)  # finding: AW101
    busy()  # finding: AW101
    through()  # finding: AW101
    digest(password)  # finding: AW101
    user = User(password)  # finding: AW101
    return user.number  # finding: AW101


async def callbacks():
    asyncio.get_running_loop().call_soon(busy_callback)


def busy_callback():
    for i in range(1_000_000):  # finding: AW101
        print(i)


# Nothing below keeps the loop from its other tasks.

processes = ProcessPoolExecutor(max_workers=2)


async def elsewhere(password, salt):
    loop = asyncio.get_running_loop()
    await asyncio.to_thread(bcrypt.hashpw, password, salt)
    await loop.run_in_executor(processes, fibonacci, 30)
    await loop.run_in_executor(None, lambda: busy())
    await asyncio.to_thread(digest, password)


async def short(data):
    total = sum(range(1000))
    for i in range(1000):
        total += i
    for i in range(10):
        for j in range(10):
            total += j
    hashlib.sha256(data).hexdigest()
    zlib.compress(b"always the same")
    return total


async def gives_control_back(items):
    for i in range(1_000_000):
        await asyncio.sleep(0)
    for a in items:
        for b in items:
            await a.send(b)
    return [await item.load() for item in range(1_000_000)]


async def lazy():
    numbers = (i * i for i in range(10_000_000))
    return range(10_000_000), numbers


@functools.cache
def remembered(n):
    return n if n < 2 else remembered(n - 1) + remembered(n - 2)


async def with_memory():
    return remembered(100)


def walk(node):
    if node.left:
        return walk(node.left)
    return walk(node.right)


async def one_branch(node):
    return walk(node)


def synchronous():
    busy()
    bcrypt.hashpw(b"", b"")


def halved(bitrate):
    while bitrate > 300_000:
        bitrate >>= 1
    return bitrate


def doubled(size):
    while size < 1_000_000:
        size *= 2
    return size


def counted(size):
    while size < 1_000_000:
        size += 2
    return size


async def soon_there(bitrate):
    return halved(bitrate), doubled(bitrate)


async def long_there(bitrate):
    return counted(bitrate)  # finding: AW101
