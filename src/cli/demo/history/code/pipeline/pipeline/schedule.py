"""Runs the pipeline at its times."""

import asyncio
import datetime as dt
import logging
import subprocess
import threading
import time

from .extract import Bank, archive, day_of
from .load import Ledger

log = logging.getLogger(__name__)


class Schedule:
    """One run a day, and what is done between."""

    def __init__(self, bank: Bank, ledger: Ledger) -> None:
        self._bank = bank
        self._ledger = ledger
        self._runs = 0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            rows = await day_of(self._bank, dt.date.today().isoformat())
            await self._ledger.book(rows)
            self._close_books()
            self._runs += 1
            await asyncio.sleep(24 * 3600)

    async def _close_books(self) -> None:
        await archive(dt.date.today().isoformat(), [])

    async def report(self) -> str:
        made = subprocess.check_output(["make-report", "--daily"], timeout=60)
        return made.decode()

    def watch(self) -> None:
        def loop() -> None:
            while True:
                time.sleep(60)
                asyncio.run(self.report())

        threading.Thread(target=loop, daemon=True).start()


def main(bank: Bank, ledger: Ledger) -> None:
    loop = asyncio.new_event_loop()
    schedule = Schedule(bank, ledger)
    loop.call_soon(schedule.start)
    loop.run_forever()
