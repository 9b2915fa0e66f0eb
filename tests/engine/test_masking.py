"""Secrets of a call are hidden wherever it is shown."""

from typing import Any

import pytest

from engine.masking import MASK, masked, masked_url


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Authorization": "Bearer x", "X-Shop": "berlin"}, {"Authorization": MASK, "X-Shop": "berlin"}),
        ({"X-Api-Key": "x", "apikey": "x", "Cookie": "x"}, {"X-Api-Key": MASK, "apikey": MASK, "Cookie": MASK}),
        ({"user": {"password": "x", "name": "Ana"}}, {"user": {"password": MASK, "name": "Ana"}}),
        ([{"access_token": "x"}, {"order_key": "x"}], [{"access_token": MASK}, {"order_key": MASK}]),
        ({"keyboard": "x", "monkey": "x", "token": ""}, {"keyboard": "x", "monkey": "x", "token": ""}),
        (None, None),
    ],
)
def test_what_stands_under_the_name_of_a_secret_is_hidden(value: Any, expected: Any) -> None:
    assert masked(value) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/o?id=1&api_key=x", f"https://a.example/o?id=1&api_key={MASK}"),
        ("https://user:pw@a.example/o", f"https://user:{MASK}@a.example/o"),
        ("https://a.example/o?id=a%20b", "https://a.example/o?id=a%20b"),
        ("https://[bad", "https://[bad"),
        ("", ""),
    ],
)
def test_addresses_are_shown_without_their_secrets(url: str, expected: str) -> None:
    assert masked_url(url) == expected
