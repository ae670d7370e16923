import asyncio

import pytest


@pytest.fixture(autouse=True)
async def debug_mode():
    asyncio.get_running_loop().set_debug(True)
