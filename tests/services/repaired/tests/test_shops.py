from unittest.mock import Mock

from relay.shops import Shops


async def test_it_knows_no_orders_at_first():
    assert Shops(Mock()).orders == {}
