"""What an activity is: settings, ports, checks, what it decides, and its face on the canvas. One file per activity.

An activity is a pydantic model of its settings. Pure: no clock, no I/O, no Django. The engine compiles each node once
per published version into a `Behaviour`, and calls that.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal, Protocol

from pydantic import BaseModel, ConfigDict

from engine.expressions import Facts
from engine.problems import Problem

Category = Literal["start", "message", "condition", "wait", "experiment", "action", "exit"]


@dataclass(frozen=True, kw_only=True, slots=True)
class PortRule:
    """Which ports a node has, as data that the canvas reads too.

    Either one port `name`, present always or `when` that setting is true; or, with `each`, one port for every item of
    that list, named by the item's `id`.
    """

    name: str = ""
    each: str = ""
    label: str = ""
    label_field: str = ""
    when: str = ""

    def as_json(self) -> dict[str, str]:
        facts = {"name": self.name, "each": self.each, "label_field": self.label_field, "when": self.when}
        found = {key: value for key, value in facts.items() if value}
        return found if self.each else {**found, "label": self.label}


@dataclass(frozen=True, slots=True)
class Note:
    """A further line on the face of a step, such as "In {wave_count} waves".

    It is shown when `when` is met, as the `x-when` of a setting is, and every setting that it names counts and says
    something.
    """

    text: str
    when: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Face:
    """What the canvas shows of an activity."""

    kind: str
    label: str
    description: str
    category: Category
    icon: str
    summary: str = ""
    notes: tuple[Note, ...] = ()
    ports: tuple[PortRule, ...] = (PortRule(name="next"),)
    start: bool = False
    in_flow: bool = True
    passive: bool = False
    placeable: bool = True
    needs_person: bool = False  # does something to the person: the start of the journey must say who they are
    in_flow_only: tuple[str, ...] = ()
    start_only: tuple[str, ...] = ()
    brings: str = ""  # the one kind of step that may stand behind it, and that is put there with it
    flow_note: str = ""  # what is said of it where it does not begin the journey
    initial: Mapping[str, Any] = field(default_factory=dict)  # settings of a node just placed, beside the defaults
    says: Mapping[str, str] = field(default_factory=dict)  # what expressions read of it, as of an event of its name


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpressionUse:
    """An expression that stands in the settings: where, its text, and the type its place asks for."""

    field: str
    text: str
    expect: str = "any"


# What entering a node may come to.


@dataclass(frozen=True, slots=True)
class Go:
    """Leave by this port at once."""

    port: str


@dataclass(frozen=True, slots=True)
class Change:
    """Change these attributes of the profile (dotted path -> value), then leave by `next`."""

    attributes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Deliver:
    """Have a courier do something, and wait for its result."""

    channel: str


@dataclass(frozen=True, slots=True)
class Draw:
    """Leave by a port that is drawn once for this person in this version, and stays theirs.

    `choose` gets a number in [0, 1), and the shares that hold now if they are not those of the settings. A Go without a
    port: the person leaves the journey. `is_kept`: what is drawn is written down, since the shares change with time, or
    successes are counted by it.
    """

    choose: Callable[[float, Sequence[float] | None], Go]
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class TakePlace:
    """Leave by `granted` while fewer than `limit` people of this version have, exactly; then by `refused`."""

    limit: int
    granted: Go
    refused: Go


@dataclass(frozen=True, slots=True)
class JumpTo:
    """Have the person enter another journey, which begins with this event, and go on here by `next`."""

    journey: int
    event: str
    payload: dict[str, Any]


Outcome = Go | Change | Deliver | Draw | TakePlace | JumpTo


def qualified(audience: str, *, is_member: bool) -> str:
    """The signal that somebody entered an audience, or left it. No event is called so: there is a colon in it."""
    return f"{'realized' if is_member else 'exited'}:{audience}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Listening:
    """What a passive node waits for: signals, a moment, or both. On the moment it leaves by `timer_port`.

    A signal is the name of an event, or what `qualified` calls a change of membership. The moment is `delay` from now,
    or what `until` says of this person: a local date-time in the journey's time zone.
    """

    signals: tuple[str, ...] = ()
    delay: timedelta | None = None
    until: Callable[[Facts], Any] | None = None
    timer_port: str = "next"


ReadingRhythm = Literal["as_soon_as_possible", "once", "daily", "weekly", "monthly"]  # as authors choose it


@dataclass(frozen=True, kw_only=True, slots=True)
class Waves:
    """The parts in which an audience is read: each so many `whole`ths of it; without a whole, so many people.

    They begin an `interval` after one another, or at these `moments`; never before the one in front is through.
    """

    parts: tuple[int, ...]
    whole: int | None = None
    interval: timedelta = timedelta(0)
    moments: tuple[datetime, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """How an audience is read into the journey. `rate`: people a second, at most.

    `starts_at`: the first occurrence; None: as soon as the version is published. Then every so many days, weeks or
    months, at the same hour of the journey's time zone, `until` then. `incremental`: after the first time, newcomers
    alone. `force_reentrance`: whoever is inside leaves first. `wait_for_evaluation`: for how long an evaluation newer
    than the one read last is waited for; without one, that occurrence is skipped.

    `waves`: in which parts, where it is read once. `event`: instead of a schedule, the business event that has the
    audience read; `every_time`: not the first alone.
    """

    audience: str
    namespace: str
    rate: int
    rhythm: ReadingRhythm = "as_soon_as_possible"
    starts_at: datetime | None = None
    every: int = 1
    until: datetime | None = None
    incremental: bool = False
    force_reentrance: bool = False
    wait_for_evaluation: timedelta | None = None
    waves: Waves | None = None
    event: str = ""
    every_time: bool = False


# A number in [0, 1) that depends on the instance, the node and the visit alone. Drawn only when called.
Chance = Callable[[], float]


class Decide(Protocol):
    def __call__(self, facts: Facts, chance: Chance, /) -> Outcome: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Behaviour:
    """A node, compiled. It has either `enter` or `listening`. `supplement`: where an audience is read, what the runs of
    a person are about: a run for each.

    `build(facts)`: for actions, what the courier is to send (a Mail or an HttpCall). `acts`: something is done to the
    person or told to somebody; while the version is paused, nobody passes here. `reads_clock`: `enter` wants
    `facts.local`. `counts_places`: `enter` comes to a TakePlace. `jumps_to`: the journey of its JumpTo.
    """

    enter: Decide | None = None
    listening: Listening | None = None
    build: Callable[[Facts], Any] | None = None
    has_error_path: bool = False
    acts: bool = False
    reads_clock: bool = False
    counts_places: bool = False
    jumps_to: int | None = None
    supplement: Callable[[Facts], Any] | None = None
    success: str = ""  # of an experiment: the event that counts


def goes_on(facts: Facts, chance: Chance) -> Outcome:
    """What a node decides that only lets people through."""
    return Go("next")


# Turns the text of an expression into a function of the facts. Given by the compiler, which knows the names in scope.
CompileExpression = Callable[[str, str], Callable[[Facts], Any]]


class Activity(BaseModel):
    """The settings of one node. Subclasses add fields, a `face`, and `compile`."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=200_000)

    face: ClassVar[Face]

    def ports(self) -> list[str]:
        """The names of the ways out, top to bottom."""
        return [name for rule in self.face.ports for name in _names(rule, self)]

    def expressions(self) -> Iterator[ExpressionUse]:
        """Every expression in the settings, for the checks."""
        return iter(())

    def problems(self) -> Iterator[Problem]:
        """What is wrong with the settings beyond their types. `node` is filled in by the caller."""
        return iter(())

    def compile(self, expression: CompileExpression) -> Behaviour:
        raise NotImplementedError


def _names(rule: PortRule, settings: Activity) -> list[str]:
    if rule.each:
        return [item.id for item in getattr(settings, rule.each)]
    if rule.when and not getattr(settings, rule.when):
        return []
    return [rule.name]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """An e-mail, rendered for one person."""

    to: str
    subject: str
    html: str
    text: str
    from_name: str = ""

    def as_json(self) -> dict[str, str]:
        return {
            "to": self.to,
            "subject": self.subject,
            "html": self.html,
            "text": self.text,
            "from_name": self.from_name,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class HttpCall:
    """A call to another system. `timeout` covers the first attempt and the retries; None: that of the journey."""

    method: Literal["POST", "PUT", "GET"]
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    timeout: timedelta | None = None

    def as_json(self) -> dict[str, Any]:
        return {"method": self.method, "url": self.url, "headers": dict(self.headers), "body": self.body}


class NotDeliverable(Exception):
    """The message or call cannot be built for this person. `code` is stable; trying again cannot help."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
