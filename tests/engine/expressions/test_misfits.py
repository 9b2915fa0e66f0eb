"""A value that does not fit the type of its field is null, wherever it stands."""

from datetime import UTC, datetime

import pytest

from engine.expressions import Facts, Schema, Scope, compile

SCOPE = Scope(events={"E": Schema({"count": "integer", "total": "decimal", "name": "string", "city": "string"})})


def value(text: str, **payload: object) -> object:
    return compile(text, SCOPE)(Facts({"E": payload}, {}, {}, {}, {}, {}, {}, datetime(2026, 1, 15, tzinfo=UTC)))


@pytest.mark.parametrize(
    "text", ["@event{E.count} > 1", "1 < @event{E.count}", "@event{E.total} > 1", "@event{E.total} > 1.5"]
)
def test_a_number_out_of_range_is_not_compared(text: str) -> None:
    assert value(text, count=10**25, total=10**25) is False


def test_an_integer_in_a_decimal_field_compares_as_the_decimal_that_it_is() -> None:
    assert value("@event{E.total} == 9007199254740992.0", total=2**53 + 1) is True
    assert value("(@event{E.total} + 0.0) == 9007199254740992.0", total=2**53 + 1) is True


@pytest.mark.parametrize(("name", "city"), [(4.5, None), (True, 7), ({}, [])])
def test_two_texts_that_are_none_are_equal_as_nulls_are(name: object, city: object) -> None:
    assert value("@event{E.name} == @event{E.city}", name=name, city=city) is True
    assert value("@event{E.name} != @event{E.city}", name=name, city=city) is False
