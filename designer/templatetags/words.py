"""How pages say things: times in words, JSON for people, numbers with their noun."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.html import format_html
from django.utils.safestring import SafeString

from designer import reasons
from engine import clock

register = template.Library()

UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"))


@register.filter
def share(value: float) -> str:
    """0.031 as "3.1 %"; what is there is never "0 %"."""
    return "under 0.1 %" if 0 < value < 0.0005 else f"{value * 100:.1f}".rstrip("0").rstrip(".") + " %"


@register.simple_tag
def when(moment: datetime | None, otherwise: str = "never") -> SafeString:
    """A moment in words; the exact one is in `datetime`, and ui.js shows it in the reader's own time zone."""
    if moment is None:
        return format_html('<span class="faint">{}</span>', otherwise)
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), in_words(moment, clock.now()))


def in_words(moment: datetime, now: datetime) -> str:
    """'just now', '3 minutes ago', 'in 2 days'; beyond 30 days the date."""
    distance = abs(now - moment)
    if distance > timedelta(days=30):
        return f"{moment.day} {moment:%b %Y}"
    for seconds, unit in UNITS:
        count = int(distance.total_seconds()) // seconds
        if count:
            words = f"{count} {unit}{'' if count == 1 else 's'}"
            return f"in {words}" if moment > now else f"{words} ago"
    return "in less than a minute" if moment > now + timedelta(seconds=5) else "just now"


@register.filter
def lasting(span: timedelta | None) -> str:
    """How long something takes: '240 ms', '8.4 s', '12 min', '3.5 h'."""
    if span is None:
        return ""
    seconds = max(0.0, span.total_seconds())
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 90:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


@register.filter
def rate(value: float | None) -> str:
    """How many a second: '0', '0.03', '4.1', '1,204'."""
    if value is None:
        return ""
    if 0 < value < 10:
        return f"{value:.2g}"
    return str(intcomma(round(value)))


@register.filter
def total(values: Iterable[int]) -> int:
    return sum(values)


@register.filter
def pretty(value: Any) -> str:
    """JSON, indented for reading."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


@register.filter
def counted(count: int, noun: str) -> str:
    """'1 version', '1,204 versions'; a noun with its own plural is given as 'person,people'."""
    one, _, many = noun.partition(",")
    return f"{intcomma(count)} {one if count == 1 else many or one + 's'}"


@register.filter
def indented(text: str) -> str:
    """Every line but the first four blanks further in, for code inside code."""
    return text.replace("\n", "\n    ")


@register.filter
def shown(value: Any) -> str:
    """A JSON value in a line: texts without quotes, the rest as JSON."""
    if isinstance(value, str):
        return value
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 1000 else text[:1000] + "…"


@register.filter
def outcome(value: Any) -> dict[str, str]:
    """What an event did in one journey, in words."""
    return reasons.of_outcome(value if isinstance(value, dict) else {})


@register.filter
def refusal(row: dict[str, Any]) -> str:
    """Why a journey refused, in words."""
    return reasons.of_refusal(row["code"], row["details"])


@register.filter
def failure(code: str) -> str:
    return reasons.of_failure(code)
