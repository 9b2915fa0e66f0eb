"""An instance: where it stands, what can move it, what holds around it, and what comes of it. Data alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from engine.activities.base import JumpTo
from engine.expressions import Facts


@dataclass(slots=True)
class Instance:
    """One run of one version for one key. `timers`: node -> when it fires.

    `context`: `events`, `actions` and `journey` as expressions read them; which event was the `latest`, where there are
    several; `pending` events; `jumped_from`; `profile`: the attributes with which somebody was read from an audience,
    until a wait.
    """

    id: int
    profile_id: int
    key: str
    state: str
    node: str
    port: str | None
    visit: int
    timers: dict[str, datetime]
    wake_at: datetime
    entered_at: datetime
    moved_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    context: dict[str, Any]
    supplemental_key: str = ""  # what this run is about, beside who: a booking, an order


def events_in(context: Mapping[str, Any]) -> dict[str, Any]:
    """The events of a context that was kept, the latest one last: the database sorts them by their names."""
    events = dict(context.get("events", {}))
    latest = context.get("latest")
    if latest in events:
        events[latest] = events.pop(latest)
    return events


@dataclass(frozen=True, slots=True)
class EventArrived:
    """An event that the journey uses, of this person; or that they entered an audience, or left it.

    `name`: of the event definition, or the signal of a qualification (`activities.base.qualified`).
    """

    name: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Woke:
    """The instance's moment has come."""


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What came of a delivery. `code`: 'ok', an HTTP status, 'timedOut', 'capped' or 'error'."""

    node: str
    visit: int
    is_ok: bool
    code: str
    elapsed_ms: int
    response: dict[str, Any] | None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Released:
    """The version is no longer paused: whoever is held at a node goes on from there."""


@dataclass(frozen=True, slots=True)
class Leave:
    """The instance ends where it stands: its version was stopped, its person merged, or it cannot be processed."""

    state: Literal["stopped", "exited", "error"]
    reason: str


Stimulus = EventArrived | Woke | ActionResult | Released | Leave


Pause = Literal["", "hold", "discard"]


@dataclass(frozen=True, slots=True)
class Regime:
    """What holds for a version at this moment, beside its plan, which never changes.

    `pause`: what happens at nodes that act while the version is paused. `exit_when`: people of whom this is true leave
    at nodes that act, under the name `exit_label`. `shares`: of experiments, where they are no longer those of the
    settings. `winners`: the treatment that everybody gets.
    """

    pause: Pause = ""
    exit_when: Callable[[Facts], Any] | None = None
    exit_label: str = ""
    shares: Mapping[str, Sequence[float]] = field(default_factory=dict)
    winners: Mapping[str, str] = field(default_factory=dict)


AS_USUAL = Regime()


class Places(Protocol):
    """The places that profile caps give away, counted over everybody."""

    def take(self, version_id: int, node: str, limit: int, /) -> bool:
        """Whether there was one left; then it is taken."""


class AlwaysRoom:
    """For runs in which no cap counts."""

    def take(self, version_id: int, node: str, limit: int, /) -> bool:
        return True


ROOM = AlwaysRoom()

HOLDOUT = "holdout"  # what people kept out of an experiment are assigned to
UNASSIGNED: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a person may not enter: `code` as discards have it, `reason` in words."""

    code: str
    reason: str
    details: Mapping[str, Any] = field(default_factory=dict)


ALREADY_INSIDE = Refusal("alreadyInside", "the person is in it already")


class Doors(Protocol):
    """The other journeys, for one person."""

    def knock(self, jump: JumpTo, /) -> Refusal | None:
        """Why the person may not enter by this jump; None: they enter it as soon as their own walk is over."""


class Nowhere:
    """For runs that lead into no other journey."""

    def knock(self, jump: JumpTo, /) -> Refusal | None:
        return ALREADY_INSIDE


NOWHERE = Nowhere()


@dataclass(slots=True)
class Step:
    """One processed node, for the record. `status` as in the step events: transitions, ended, error, timedout…"""

    visit: int
    node: str
    port: str | None
    status: str
    details: dict[str, Any] | None = None


@dataclass(slots=True)
class Effects:
    """What the interpreter asks for. `counts`: (node, port, metric), each to be counted once more."""

    steps: list[Step] = field(default_factory=list)
    deliveries: list[tuple[str, int, str]] = field(default_factory=list)  # (node, visit, channel)
    changes: dict[str, Any] | None = None  # dotted attribute -> value
    counts: list[tuple[str, str, str]] = field(default_factory=list)
    discards: list[tuple[str, str]] = field(default_factory=list)  # (event, code)
    assigned: list[tuple[str, str]] = field(default_factory=list)  # (node, treatment), drawn and to be kept
    is_taken: bool = False  # the stimulus moved the instance, or was kept for later
