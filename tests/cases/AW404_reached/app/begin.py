import asyncio
import threading

from app.server import main


def begin():
    prepare_and_go()


def prepare_and_go():
    asyncio.run(main())  # finding: AW404


class Program:
    def go(self):
        asyncio.run(main())  # finding: AW404


class Library:
    """Its users decide."""

    def run(self):
        asyncio.run(main())


def in_a_thread():
    asyncio.run(main())


threading.Thread(target=in_a_thread).start()


def run():
    asyncio.run(main())


def main_for_users():
    run()
