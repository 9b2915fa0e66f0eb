"""Business events at the door: events that may belong to nobody, because a definition says so."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson
import psycopg
from django.db import connection as jobs

from engine import queue
from engine.catalogue import matcher_of
from engine.definition.matching import Matcher
from engine.expressions import Facts
from engine.ingest.items import Incoming, Request
from engine.store import catalogue as rows
from engine.store.copying import Lines, copy_into, text

log = logging.getLogger(__name__)

Fresh = Iterable[tuple[Request, Incoming]]
Names = tuple[str, ...]
WHO = ("userId", "anonymousId", "previousId", "identityMap", "traits")


class BusinessEvents:
    """The business event definitions of all sandboxes, read again when something was defined."""

    def __init__(self) -> None:
        self._revision = -1
        self._matchers: Mapping[int, list[Matcher]] = {}

    def recognise(self, requests: Iterable[Request]) -> tuple[dict[int, Names], set[int]]:
        """`id()` of an event -> the business event definitions that it matches, where there are any.

        And the `id()` of those to be refused: they belong to nobody, and match none.
        """
        found: dict[int, Names] = {}
        refused: set[int] = set()
        for request in requests:
            matchers = self._matchers.get(request.sandbox_id, ())
            if matchers:
                for item in request.items:
                    names = tuple(_matched(matchers, item))
                    if names:
                        found[id(item)] = names
            refused.update(id(item) for item in request.items if item.otherwise is not None and id(item) not in found)
        return found, refused

    def is_of(self, revision: int) -> bool:
        """Whether nothing was defined since the definitions were read."""
        return revision == self._revision

    def refresh(self, connection: psycopg.Connection[Any]) -> None:
        revision = rows.revision(connection)
        matchers: dict[int, list[Matcher]] = defaultdict(list)
        for row in rows.event_definitions(connection):
            matcher = matcher_of(row) if row.type == "business" else None
            if matcher is not None:
                matchers[row.sandbox_id].append(matcher)
        self._matchers, self._revision = matchers, revision


def keep(connection: psycopg.Connection[Any], fresh: Fresh, matched: Mapping[int, Names]) -> bool:
    """Queue those events that match a business event definition. Whether there were any."""
    lines = [
        f"{request.sandbox_id}\t{text(orjson.dumps(matched[id(item)]).decode())}\t{text(item.name)}"
        f"\t{text(item.message_id)}\t{text(_of_nobody(item).decode())}\t{item.occurred_at.isoformat()}"
        f"\t{request.received_at.isoformat()}"
        for request, item in fresh
        if id(item) in matched
    ]
    columns = "sandbox_id, definitions, name, message_id, payload, occurred_at, received_at"
    copy_into(connection, Lines("engine_businessevent", columns, lines))
    return bool(lines)


def ask_for_answers() -> None:
    """Have the events that were queued looked at now. If nobody can be asked, they are within a minute."""
    try:
        queue.soon("engine.tasks.answer_business_events")
    except Exception:
        log.exception("business events wait for the next minute")
    finally:
        jobs.close()  # this thread's; there may be many


def _of_nobody(item: Incoming) -> bytes:
    """The payload without who it is: everybody who is read hears of it, and it outlives the person."""
    if not item.identities:
        return item.body
    return orjson.dumps({name: value for name, value in orjson.loads(item.body).items() if name not in WHO})


def _matched(matchers: Iterable[Matcher], item: Incoming) -> Iterator[str]:
    nothing: dict[str, Any] = {}
    facts = Facts(nothing, nothing, nothing, nothing, nothing, {}, nothing, item.occurred_at)  # the payload alone
    payload = orjson.loads(item.body)
    return (matcher.name for matcher in matchers if matcher.matches(facts, payload))
