"""What a dialect makes of a request: events in one form, and refusals with their reasons."""

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

import orjson

MOST_ITEMS = 10_000  # in one request
MOST_ITEM = 512_000  # bytes of one event; an instance may hold 1 MB in all
LONGEST_ID = 300
_WRAP = 24  # levels that the engine adds around a payload when it stores it
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # an escaped NUL, not the text \u0000


Links = Literal["", "identify", "alias"]


class Refused(Exception):
    """This item is not taken. `code` is stable; the message says what to change."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejection:
    index: int
    code: str
    message: str
    item: str


@dataclass(kw_only=True, slots=True)  # not frozen: that took 1 us for each
class Incoming:
    """One event, understood. `identities`: (namespace, value), the one it belongs to first; none: it belongs to nobody.

    `links`: who says that the identities belong to one person ('identify', 'alias'); '': only the first counts.
    `body`: the canonical payload as JSON bytes. `otherwise`: what becomes of an event that belongs to nobody, and that
    is no business event either.
    """

    message_id: str
    name: str
    body: bytes
    identities: tuple[tuple[str, str], ...]
    links: Links
    occurred_at: datetime
    otherwise: Rejection | None = None


@dataclass(slots=True)
class Understood:
    """What came of one request."""

    dialect: str
    items: list[Incoming] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)

    def take(self, index: int, event: Incoming, item: Any, *, nobody: str) -> None:
        """Take an event. `nobody`: what is said of one that does not tell whose it is, if it is no business event."""
        if not event.identities:
            message = f"{nobody} Without it, only business events are taken, and this one matches none."
            event = replace(event, otherwise=_rejection(index, Refused("no_identity", message), item))
        self.items.append(event)

    def reject(self, index: int, refused: Refused, item: Any) -> None:
        self.rejections.append(_rejection(index, refused, item))


@dataclass(slots=True)
class Request:
    """What one sender brought."""

    sandbox_id: int
    dialect: str
    items: list[Incoming]
    rejections: list[Rejection]
    received_at: datetime


def _rejection(index: int, refused: Refused, item: Any) -> Rejection:
    shown = (
        orjson.dumps(item, default=str, option=orjson.OPT_NON_STR_KEYS) if _is_flat(item) else b"(nested too deeply)"
    )
    return Rejection(
        index=index,
        code=refused.code,
        message=refused.message,
        item=shown[:4000].decode("utf-8", "replace").replace("\0", "").replace("\\u0000", "\\\\u0000"),
    )


def _is_flat(item: Any) -> bool:
    try:
        orjson.dumps(item)
    except (TypeError, ValueError):
        return False
    return True


def body_of(payload: dict[str, Any]) -> bytes:
    """The payload as JSON, or Refused when the engine could not keep it."""
    wrapped: Any = payload
    for _ in range(_WRAP):
        wrapped = [wrapped]
    try:
        body = orjson.dumps(wrapped)[_WRAP:-_WRAP]
    except (TypeError, ValueError):
        raise Refused("too_deep", "The event is nested too deeply; at most about 200 levels.") from None
    if len(body) > MOST_ITEM:
        raise Refused("too_large", f"The event has {len(body)} bytes; {MOST_ITEM} is the most.")
    if b"\\u0000" in body and _NUL.search(body):
        raise Refused("nul_character", "The event contains a NUL character, which cannot be kept.")
    return body


def items_in(body: dict[str, Any], name: str) -> list[Any]:
    """The list of items that a batch brings; Refused when there is none, or too much of it to look at."""
    items = body.get(name)
    if not isinstance(items, list):
        raise Refused("no_batch", f"Send the events as a list named `{name}`.")
    if len(items) > MOST_ITEMS:
        raise Refused("too_many", f"Send at most {MOST_ITEMS} events in one request.")
    return items


def object_in(found: Any, name: str) -> dict[str, Any]:
    """`found[name]` when it is an object; an empty one for anything else."""
    value = found.get(name) if isinstance(found, dict) else None
    return value if isinstance(value, dict) else {}


def text_id(value: Any, what: str) -> str | None:
    """An id as text: strings and whole numbers are taken, nothing and '' are None, anything else is refused."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Refused("bad_id", f"{what} is not text.")
    found = str(value)
    if len(found) > LONGEST_ID:
        raise Refused("bad_id", f"{what} is longer than {LONGEST_ID} characters.")
    return found


def message_id_of(value: Any) -> str:
    """What the sender calls this event; one of our own when it says nothing (then a repetition counts again)."""
    return text_id(value, "The message id") or str(uuid4())


def moment_of(value: Any) -> datetime | None:
    """A time as libraries send it: ISO 8601 text, or milliseconds since 1970. None when it is neither."""
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value)
            return found if found.tzinfo else found.replace(tzinfo=UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def occurred_at(said: Any, sent_at: Any, received_at: datetime) -> datetime:
    """When it happened by our clock: a sender's wrong clock is corrected by the moment it says it sent at."""
    happened, sent = moment_of(said), moment_of(sent_at)
    if happened is None:
        return received_at
    try:
        if sent is not None:
            happened = received_at - (sent - happened)
        happened = happened.astimezone(UTC)
    except (OverflowError, ValueError):
        return received_at
    # Nothing has happened in the future, and nothing we can reason about before 1970.
    return happened if timedelta(0) <= received_at - happened < timedelta(days=20_000) else received_at
