"""Durations as people set them: ISO 8601 text such as P2D or PT30M, drawn on the canvas as an amount and a unit."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, PlainSerializer, TypeAdapter, WithJsonSchema

LONGEST = timedelta(days=90)
_ADAPTER = TypeAdapter(timedelta)


def _not_negative(duration: timedelta) -> timedelta:
    if duration <= timedelta(0):
        raise ValueError("Give a duration longer than zero.")
    if duration > LONGEST:
        raise ValueError("Give at most 90 days.")
    return duration


def iso(duration: timedelta) -> str:
    """The shortest usual text: P2D, PT3H, PT30M, PT45S, P1DT6H."""
    seconds = int(duration.total_seconds())
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, seconds = divmod(rest, 60)
    clock = "".join(f"{amount}{unit}" for amount, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if amount)
    return f"P{f'{days}D' if days else ''}{f'T{clock}' if clock else ''}" if days or clock else "PT0S"


_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def in_words(text: str) -> str:
    """`P2D` as "2 days", `PT1H30M` as "1 hour 30 minutes"; '' for what is no duration."""
    if not text.startswith("P") or len(text) > 40:
        return ""
    try:
        seconds = int(_ADAPTER.validate_python(text).total_seconds())
    except ValueError:
        return ""
    parts = []
    for unit, size in _UNITS:
        amount, seconds = divmod(seconds, size)
        if amount:
            parts.append(f"{amount} {unit}{'' if amount == 1 else 's'}")
    return " ".join(parts)


Duration = Annotated[
    timedelta,
    AfterValidator(_not_negative),
    PlainSerializer(iso),
    WithJsonSchema({"type": "string", "format": "duration"}),
    Field(),
]
