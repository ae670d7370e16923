from unittest.mock import AsyncMock

from tariffs.client import Client, Tariff


async def test_a_page_is_asked_again_when_the_network_is_at_fault(monkeypatch):
    client = Client(AsyncMock())
    page = AsyncMock(side_effect=[TimeoutError(), [Tariff("a", "b", 3)]])
    monkeypatch.setattr(client, "_page", page)
    monkeypatch.setattr("tariffs.client.asyncio.sleep", AsyncMock())
    assert await client.page("a", 1) == [Tariff("a", "b", 3)]
    assert page.await_count == 2
