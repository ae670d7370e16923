"""Stock levels and labels of the old inventory system."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import requests

INVENTORY_URL = "http://inventory.internal/api"


async def in_stock(sku: str) -> int:
    """How many pieces the inventory system knows of."""
    response = requests.get(f"{INVENTORY_URL}/articles/{sku}", timeout=5)
    response.raise_for_status()
    return response.json()["available"]


async def print_label(order_id: int, folder: Path) -> None:
    """Prints the parcel's label on the warehouse's printer."""
    label = folder / f"{order_id}.zpl"
    subprocess.run(["lp", "-d", "labels", str(label)], check=True)


async def archive_label(order_id: int, folder: Path) -> None:
    """Moves a label out of the way, in a thread as the share is slow."""
    label = folder / f"{order_id}.zpl"
    await asyncio.to_thread(label.rename, folder / "archive" / label.name)
