"""The filters of the list of journeys, as they stand in its address, and the chips that show them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.http import QueryDict

from designer.pages import inputs
from designer.queries.journey_filters import Choices, Filters

LONGEST = 60  # of what an answer repeats of an address

# Word of the address -> what it filters by, in the order of the chips. "q" is the search of every list.
SELECTS = {
    "status": "Status",
    "rows": "Rows",
    "tag": "Tag",
    "begins_with": "Begins with",
    "event": "Uses event",
    "activity": "Uses activity",
    "created_by": "Created by",
    "published_by": "Published by",
}
SPANS = {"created": "Created", "published": "Published"}
DAYS = {f"{span}_{end}": f"{title} {end}" for span, title in SPANS.items() for end in ("from", "to")}
GROUPS = (
    ("begins_with", "event", "activity", "tag"),
    ("created", "created_by", "published", "published_by"),
    ("rows",),
)
WHATEVER = {"rows": "One for each journey", "created_by": "Anybody", "published_by": "Anybody"}
WORDS = frozenset({"q", *SELECTS, *DAYS})


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One filter that is set. `address`: the query string without it. `others`, `alone`: all but it, and only it."""

    title: str
    value: str
    address: str
    others: Filters
    alone: Filters


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The filters that an address asks for, and what of it makes no sense, in sentences."""

    filters: Filters
    ignored: list[str]


def read(query: QueryDict, choices: Choices, *, status: str = "") -> Asked:
    """`status`: what holds when the address says nothing about filters at all."""
    ignored: list[str] = []
    found: dict[str, Any] = {"text": inputs.text(query, "q")}
    for word, title in SELECTS.items():
        given = inputs.text(query, word)
        if given in dict(choices[word]):
            found[word] = given
        elif given:
            ignored.append(f"“{title}” has no choice “{given[:LONGEST]}” here.")
    for word, title in DAYS.items():
        given = inputs.text(query, word)
        day = inputs.day(given)
        found[word] = day
        if given and day is None:
            ignored.append(f"“{given[:LONGEST]}” is no day, so “{title}” is left out.")
    for span, title in SPANS.items():
        first, last = found[f"{span}_from"], found[f"{span}_to"]
        if first and last and first > last:
            found |= {f"{span}_from": None, f"{span}_to": None}
            ignored.append(f"“{title}” would end before it begins: {shown(first)} is after {shown(last)}.")
    if not WORDS & query.keys():
        found["status"] = status
    return Asked(filters=Filters(**found), ignored=ignored)


def fields(filters: Filters, choices: Choices) -> list[list[dict[str, Any]]]:
    """The panel: groups of fields, each with what it is set to."""
    return [[_field(word, filters, choices) for word in group] for group in GROUPS]


def _field(word: str, filters: Filters, choices: Choices) -> dict[str, Any]:
    if word in SPANS:
        days = [getattr(filters, f"{word}_{end}") for end in ("from", "to")]
        return {"word": word, "title": SPANS[word], "days": days}
    any_ = WHATEVER.get(word, "Any")
    return {
        "word": word, "title": SELECTS[word], "value": getattr(filters, word), "choices": choices[word], "any": any_,
    }  # fmt: skip


def chips(filters: Filters, query: QueryDict, choices: Choices) -> list[Chip]:
    return list(_chips(filters, query, choices))


def _chips(filters: Filters, query: QueryDict, choices: Choices) -> Iterator[Chip]:
    def chip(title: str, value: str, words: list[str], **changes: Any) -> Chip:
        rest = query.copy()
        for word in [*words, "after"]:
            rest.pop(word, None)
        if "status" in words or "status" not in rest:
            rest["status"] = "" if "status" in words else filters.status  # said, lest the remembered one comes back
        alone = {name: getattr(filters, name) for name in [*changes, "rows"]}
        return Chip(
            title=title, value=value, address=rest.urlencode(), others=replace(filters, **changes),
            alone=Filters(**alone),
        )  # fmt: skip

    if filters.text:
        yield chip("Search", f"“{filters.text}”", ["q"], text="")
    for word, title in SELECTS.items():
        value = getattr(filters, word)
        if value:
            yield chip(title, dict(choices[word]).get(value, value), [word], **{word: ""})
    for span, title in SPANS.items():
        words = [f"{span}_from", f"{span}_to"]
        first, last = (getattr(filters, word) for word in words)
        if first or last:
            yield chip(title, _span(first, last), words, **dict.fromkeys(words))


def _span(first: date | None, last: date | None) -> str:
    if first == last and first is not None:
        return f"on {shown(first)}"
    if first and last:
        return f"{shown(first)} to {shown(last)}"
    return f"since {shown(first)}" if first else f"until {shown(last)}" if last else ""


def shown(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
