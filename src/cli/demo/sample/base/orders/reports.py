"""Daily reports for the accountants."""

from __future__ import annotations

import asyncio
import csv
import io
import time
from pathlib import Path

from .repository import Order, OrderRepository


def as_csv(orders: list[Order]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["id", "customer", "total", "state"])
    for order in orders:
        writer.writerow([order.id, order.customer, order.total, order.state])
    return out.getvalue()


async def write_report(orders: OrderRepository, folder: Path) -> Path:
    """Writes today's report; the disk is a network share, so a thread does it."""
    text = as_csv(await orders.open_orders())
    path = folder / time.strftime("orders-%Y-%m-%d.csv")
    await asyncio.to_thread(path.write_text, text)
    return path


def wait_for_share(folder: Path, attempts: int = 10) -> None:
    """Called by the cron job before it starts the loop."""
    for _ in range(attempts):
        if folder.exists():
            return
        time.sleep(1)
    raise FileNotFoundError(folder)
