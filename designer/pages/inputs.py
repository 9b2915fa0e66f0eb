"""What a stranger wrote into an address or a form, made harmless: bounded, and such that the database can keep it."""

from collections.abc import Collection
from datetime import date

from django.http import QueryDict

from designer.paging import LARGEST


def text(values: QueryDict, name: str, most: int = 200) -> str:
    """The text, without blanks around it and without zero characters, cut at `most`."""
    return str(values.get(name, "")).replace("\0", "").strip()[:most]


def number(values: QueryDict, name: str) -> int | None:
    """A whole number that can be an id; None when it is anything else."""
    given = str(values.get(name, ""))
    found = int(given) if given.isascii() and given.isdecimal() and len(given) < 20 else None
    return found if found is not None and found <= LARGEST else None


def day(given: str) -> date | None:
    """The day that an ISO date names, within the years that a database can be asked about."""
    try:
        found = date.fromisoformat(given)
    except ValueError:
        return None
    return found if len(given) == 10 and 1900 < found.year < 9000 else None


def one_of(values: QueryDict, name: str, choices: Collection[str], default: str = "") -> str:
    given = str(values.get(name, ""))
    return given if given in choices else default
