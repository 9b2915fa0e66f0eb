import pytest

from tests.cast import Shop


@pytest.fixture
def shop(committed):
    shop = Shop()
    yield shop
    shop.close()
