"""Functions of the repository that hand what they are given on to `gather`."""

from app.tools import gather_all, gather_metrics, gather_quietly, safe_gather
from elsewhere.tools import careful_gather


async def status(order): ...


async def update(orders):
    await safe_gather(*[status(order) for order in orders])  # finding: AW209
    first, second = await safe_gather(status(1), status(2))  # finding: AW209
    await gather_all(status(1), status(2))
    await careful_gather(*[status(order) for order in orders])  # finding: AW209
    return first, second


async def settled(orders):
    await safe_gather(*[status(order) for order in orders], return_exceptions=True)
    await gather_quietly(*[status(order) for order in orders])
    await gather_metrics("a", "b")
    await careful_gather(status(1), status(2), return_exceptions=True)
    await safe_gather(status(1))
