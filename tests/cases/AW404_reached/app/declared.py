"""A script that the packaging declares."""

import asyncio

from app.server import main


def serve_all():
    asyncio.run(main())  # finding: AW404


def serve_some():
    asyncio.run(main())
