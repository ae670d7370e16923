import asyncio

import pytest


@pytest.fixture(autouse=True)
async def debug_mode():
    """Slow callbacks and forgotten coroutines are told."""
    asyncio.get_running_loop().set_debug(True)
