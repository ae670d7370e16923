"""Plugins that come with the framework."""

import asyncio
import random
import urllib.request

import httpx

CLIENT = httpx.AsyncClient(timeout=5)


class Reminder:
    """Says something later."""

    def __init__(self) -> None:
        self._waiting: dict[int, asyncio.Task[None]] = {}

    async def remind(self, chat: int, minutes: int, text: str) -> None:
        self._waiting[chat] = asyncio.create_task(self._later(chat, minutes, text))

    async def _later(self, chat: int, minutes: int, text: str) -> None:
        try:
            await asyncio.sleep(60 * minutes)
        except asyncio.CancelledError:
            return
        await CLIENT.post("/send", json={"chat": chat, "text": text})


async def joke() -> str:
    with urllib.request.urlopen("https://jokes.example/random", timeout=5) as answer:
        return answer.read().decode()


async def weather(towns: list[str]) -> list[str]:
    told = []
    for town in towns:
        async with httpx.AsyncClient() as client:
            told.append((await client.get(f"https://weather.example/{town}")).text)
    return told


async def dice(sides: int) -> int:
    return random.randint(1, sides)


class Typing:
    """Shows that the bot is typing."""

    def __init__(self, chat: int) -> None:
        self.chat = chat

    async def __aenter__(self) -> "Typing":
        await CLIENT.post("/typing", json={"chat": self.chat, "on": True})
        return self

    async def __aexit__(self, *error: object) -> None:
        await CLIENT.post("/typing", json={"chat": self.chat, "on": False})
