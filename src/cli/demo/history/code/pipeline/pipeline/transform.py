"""From the banks' words to ours."""

import asyncio
import json
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor


def normal(row: dict) -> dict:
    return {"id": row["id"].strip(), "amount": int(row["amount"].replace(".", ""))}


async def normalise(rows: list[dict]) -> list[dict]:
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor() as pool:
        return [await loop.run_in_executor(pool, normal, row) for row in rows]


class Transformer:
    """Keeps processes for what takes long."""

    def __init__(self) -> None:
        self._pool = ProcessPoolExecutor(4)

    async def parse(self, texts: list[str]) -> list[dict]:
        loop = asyncio.get_running_loop()
        parsing = [loop.run_in_executor(self._pool, json.loads, text) for text in texts]
        return await asyncio.gather(*parsing)

    async def prepare(self) -> str:
        """Overridden where there is something to prepare."""
        return "ready"
