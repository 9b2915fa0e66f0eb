"""What is known about one person when an expression is evaluated."""

from collections.abc import Callable, Mapping
from datetime import datetime
from random import Random

from engine.expressions.values import Value

Payload = dict[str, Value]
# A field group with parameters is found by calling it: {"city": "Paris"} -> payload, or None.
Group = Payload | Callable[[Mapping[str, Value]], Payload | None]

_CHANCE = Random()


class Facts:
    """The payloads an expression reads, and the one "now" it sees. Nothing is copied; payloads are plain JSON.

    `audiences` maps the name of an audience to the person's status in it (`realized`, `exited`).
    `chance` is where `random()` and `uuid()` come from; pass a seeded one to repeat a run exactly.
    `local` is what clocks show in the journey's time zone, for activities that ask for it; None for the others.
    A group with parameters is asked once for each set of them: `answers` holds what it said.
    """

    __slots__ = (
        "actions",
        "answers",
        "audiences",
        "chance",
        "decisions",
        "events",
        "journey",
        "local",
        "lookups",
        "now",
        "sources",
    )

    def __init__(
        self,
        events: dict[str, Payload],
        sources: dict[str, dict[str, Group]],
        actions: dict[str, Payload],
        lookups: dict[str, Payload],
        decisions: dict[str, Payload],
        journey: Payload,
        audiences: dict[str, str],
        now: datetime,
        chance: Random = _CHANCE,
    ) -> None:
        self.events = events
        self.sources = sources
        self.actions = actions
        self.lookups = lookups
        self.decisions = decisions
        self.journey = journey
        self.audiences = audiences
        self.now = now
        self.chance = chance
        self.local: datetime | None = None
        self.answers: dict[object, Payload | None] = {}
