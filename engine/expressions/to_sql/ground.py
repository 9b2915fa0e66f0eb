"""What the SQL of an expression stands on: where a profile, its events and its audiences are found.

The texts are SQL of ours, never of an author: names and values that an author wrote pass through `bind`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

# Makes a parameter of a value and says how the SQL writes it: bind("Bern", "text") -> %(p1)s::text
Bind = Callable[[object, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A dateTime of the payload, in UTC, that a column holds as well.

    `not_after`: a column that is never earlier, by which rows are found: an index, or partitions that are left out.
    """

    column: str  # timestamptz: "e1.occurred_at"
    not_after: str = ""  # timestamptz: "e1.received_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRows:
    """The events that matched one definition, as a part of a FROM.

    `belongs`: which columns make them those of one profile. `moments`: the fields of the payload that need not be read
    from it.
    """

    table: str  # with its alias: "engine_event AS e1"
    where: str
    belongs: tuple[tuple[str, str], ...]  # (("e1.profile_id", "profile.id"),)
    payload: str  # jsonb, an object: "e1.payload"
    newest_first: tuple[str, ...]  # what they are ordered by, each in falling order: ("e1.occurred_at", "e1.id")
    moments: Mapping[str, Moment] = field(default_factory=dict)


class Ground(Protocol):
    """What the compiler asks for. The names are those of a query around the condition, one row for each profile."""

    @property
    def attributes(self) -> str:
        """The attributes of the profile, jsonb, an object: "profile.attributes"."""

    def events(self, definition: str, alias: str, bind: Bind) -> EventRows:
        """The events of a definition."""

    def in_audience(self, audience: str, bind: Bind) -> str:
        """A boolean, never null: whether the profile is in the audience of this name."""
