"""Commands of a command line."""

import asyncio

import click

from app.server import main


@click.command()
def listen():
    asyncio.run(main())  # finding: AW404


def main_but_never_called():
    asyncio.run(main())
