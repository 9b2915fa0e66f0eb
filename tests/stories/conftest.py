import pytest

from tests.carrying import carry, post
from tests.cast import Shop

__all__ = ["carry", "post", "shop"]


@pytest.fixture
def shop(committed):
    shop = Shop()
    yield shop
    shop.close()
