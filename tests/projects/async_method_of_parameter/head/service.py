from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from client import Client


async def stop(client: Client) -> None:
    client.close()
