"""Which definitions the events of a turn match, and whose each event is."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import psycopg

from engine.catalogue import Catalogue
from engine.definition.matching import Matcher
from engine.expressions import Facts
from engine.runtime.batch import EMPTY, Batch, Item
from engine.store.queries import query

Matched = list[tuple[Matcher, str]]
Identity = tuple[int, str, str]  # sandbox, namespace, value


def recognise_all(
    connection: psycopg.Connection[Any], batch: Batch, catalogue: Catalogue, items: list[Item]
) -> dict[int, Matched]:
    """Event item -> the definitions it matches for its person. What a key assigns to somebody else is forwarded."""
    found: dict[int, Matched] = {}
    keyed: list[tuple[Item, Matcher, str]] = []
    facts = Facts(EMPTY, EMPTY, EMPTY, EMPTY, EMPTY, {}, EMPTY, batch.now)  # rules and keys see the payload alone
    for item in items:
        if item.kind != "event":
            continue
        mine: Matched = []
        for matcher, key in recognise(item, facts, catalogue):
            if key is None:
                batch.discard(
                    item.shard, item.sandbox_id, item.profile_id, matcher.name, "EXTERNAL_KEY_COMPUTATION_ERROR"
                )
            elif matcher.key is None or "only" in item.payload:
                mine.append((matcher, key))
                _note_supplements(batch, facts, item, matcher)
            else:
                keyed.append((item, matcher, key))
        found[item.id] = mine
    if keyed:
        owners = _owners(connection, keyed, batch.now)
        for item, matcher, key in keyed:
            owner = owners[item.sandbox_id, matcher.namespace, key]
            if owner == item.profile_id:
                found[item.id].append((matcher, key))
                _note_supplements(batch, facts, item, matcher)
            else:
                batch.forwarded[item.id].append(matcher.name)
                batch.forwards.append((item, owner, {**item.payload, "only": matcher.name, "key": key}))
    return found


def _note_supplements(batch: Batch, facts: Facts, item: Item, matcher: Matcher) -> None:
    if matcher.supplement is not None:
        batch.supplements[item.id, matcher.name] = matcher.supplements_of(facts, item.payload["p"])


def recognise(item: Item, facts: Facts, catalogue: Catalogue) -> list[tuple[Matcher, str | None]]:
    """The definitions that an event matches, each with the value of its key (None: it cannot be computed)."""
    payload = item.payload["p"]
    matchers = catalogue.matchers.get(item.sandbox_id, ())
    only = item.payload.get("only")
    if only is not None:  # forwarded to the person whom its key names
        return [(matcher, item.payload["key"]) for matcher in matchers if matcher.name == only]
    return [(matcher, matcher.key_of(facts, payload)) for matcher in matchers if matcher.matches(facts, payload)]


def _owners(
    connection: psycopg.Connection[Any], keyed: list[tuple[Item, Matcher, str]], now: datetime
) -> dict[Identity, int]:
    """Whose each key is. A key nobody has yet becomes an identity of the person the event came from."""
    first: dict[Identity, int] = {}
    for item, matcher, key in keyed:
        first.setdefault((item.sandbox_id, matcher.namespace, key), item.profile_id)
    owners: dict[Identity, int] = {}
    for _ in range(2):  # the second look finds what another process added in between
        missing = [identity for identity in first if identity not in owners]
        if not missing:
            break
        _note(owners, connection.execute(query("people/find_identities"), _columns(missing)))
        missing = [identity for identity in missing if identity not in owners]
        if missing:
            profiles = [first[identity] for identity in missing]
            values = {**_columns(missing), "profiles": profiles, "now": now}
            _note(owners, connection.execute(query("people/add_identities"), values))
    return {**first, **owners}


def _columns(identities: Iterable[Identity]) -> dict[str, list[Any]]:
    return dict(zip(("sandboxes", "namespaces", "values"), map(list, zip(*identities, strict=True)), strict=True))


def _note(owners: dict[Identity, int], rows: Iterable[tuple[Any, ...]]) -> None:
    for sandbox, namespace, value, profile in rows:
        owners[sandbox, namespace, value] = profile
