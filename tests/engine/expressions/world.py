"""People in a database, and the same people as facts: the two grounds that an expression can be asked on."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import psycopg

from engine.expressions import DATE_TIME, Checked, Facts, Type
from engine.expressions.to_sql import Bind, EventRows, Moment, Sql, joined
from engine.expressions.to_sql.constants import instant
from engine.expressions.to_sql.pieces import FILTER, Rows
from engine.expressions.to_sql.writing import Writer
from engine.expressions.types import LIST_OF_OBJECTS

NOW = datetime(2026, 1, 15, 10, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Profiles:
    """The ground of the tests: a query over engine_profile AS profile. Memberships have a table of the tests' own.

    `knows_moments`: the timestamp of a payload is that of the event, as it is for every event that came by HTTP.
    """

    knows_moments: bool = False

    @property
    def attributes(self) -> str:
        return "profile.attributes"

    def events(self, definition: str, alias: str, bind: Bind) -> EventRows:
        outcomes = bind(matched(definition), "jsonb")
        return EventRows(
            table=f"engine_event AS {alias}",
            where=f"{alias}.outcomes @> {outcomes}",
            belongs=((f"{alias}.shard", "profile.shard"), (f"{alias}.profile_id", "profile.id")),
            payload=f"{alias}.payload",
            newest_first=(f"{alias}.occurred_at", f"{alias}.id"),
            moments={"timestamp": Moment(column=f"{alias}.occurred_at", not_after=f"{alias}.received_at")}
            if self.knows_moments
            else {},
        )

    def in_audience(self, audience: str, bind: Bind) -> str:
        return f"EXISTS (SELECT FROM member WHERE profile_id = profile.id AND name = {bind(audience, 'text')})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Attributes, events (definition, payload; newest first), audiences."""

    attributes: Any
    events: Sequence[tuple[str, Any]] = ()
    audiences: Sequence[str] = ()


def matched(definition: str) -> str:
    """The outcomes of an event that matched a definition, at least."""
    return json.dumps([{"definition": definition}])


def occurred(place: int) -> datetime:
    """When an event happened: two at a time, the later one in the list the older one."""
    return NOW - timedelta(hours=place // 2)


MEMBERS = "CREATE TEMP TABLE IF NOT EXISTS member (profile_id bigint, name text, PRIMARY KEY (profile_id, name))"


def settle(
    connection: psycopg.Connection[Any], people: Sequence[Person], definitions: Sequence[str]
) -> dict[int, Facts]:
    """Put people into an empty database; their facts, as they are read out of it."""
    cursor = psycopg.Cursor(connection)
    cursor.execute(MEMBERS)
    cursor.execute("DELETE FROM member; DELETE FROM engine_event; DELETE FROM engine_profile")
    cursor.executemany(
        "INSERT INTO engine_profile (shard, id, sandbox_id, attributes, created_at, updated_at) "
        "VALUES (%s, %s, 1, %s, now(), now())",
        [(number % 64, number, json.dumps(person.attributes)) for number, person in enumerate(people, 1)],
    )
    cursor.executemany(
        "INSERT INTO engine_event VALUES (%s, %s, 1, %s, 'e', 'm', %s, %s, %s, now())",
        [
            (number % 64, 1000 * number + place, number, json.dumps(payload), matched(name), occurred(place))
            for number, person in enumerate(people, 1)
            for place, (name, payload) in enumerate(person.events)
        ],
    )
    cursor.executemany(
        "INSERT INTO member VALUES (%s, %s)",
        [(number, name) for number, person in enumerate(people, 1) for name in set(person.audiences)],
    )
    found: dict[int, Facts] = {}
    members = cursor.execute("SELECT profile_id, name FROM member").fetchall()
    for id_, attributes in cursor.execute("SELECT id, attributes::text FROM engine_profile").fetchall():
        profile: dict[str, Any] = {"attributes": json.loads(attributes), "events": {name: [] for name in definitions}}
        audiences = {name: "realized" for member, name in members if member == id_}
        found[id_] = Facts({}, {"Profile": profile}, {}, {}, {}, {}, audiences, NOW, Random(1))
    events = "SELECT profile_id, outcomes::text, payload::text FROM engine_event ORDER BY occurred_at DESC, id DESC"
    for id_, outcomes, payload in cursor.execute(events).fetchall():
        sources: Any = found[id_].sources
        sources["Profile"]["events"][json.loads(outcomes)[0]["definition"]].append(json.loads(payload))
    return found


def ask(connection: psycopg.Connection[Any], sql: str, parameters: Mapping[str, object]) -> dict[int, Any]:
    """One SQL value for every profile."""
    query = f"SELECT profile.id, {sql} FROM engine_profile AS profile"
    return dict(psycopg.Cursor(connection).execute(query.encode(), parameters).fetchall())


def members_of(connection: psycopg.Connection[Any], condition: Sql) -> set[int]:
    """The profiles of whom the condition is true."""
    query = f"SELECT profile.id FROM engine_profile AS profile {joined(condition.joins)} WHERE {condition.text}"
    return {id_ for (id_,) in psycopg.Cursor(connection).execute(query.encode(), condition.parameters).fetchall()}


def answers(connection: psycopg.Connection[Any], conditions: Sequence[Sql]) -> dict[int, tuple[bool, ...]]:
    """Of every profile what each condition says, all asked in one statement."""
    columns = ", ".join(f"coalesce({condition.text}, false)" for condition in conditions)
    joins = joined(join for condition in conditions for join in condition.joins)
    parameters = {name: value for condition in conditions for name, value in condition.parameters.items()}
    query = f"SELECT profile.id, {columns} FROM engine_profile AS profile {joins}"
    return {id_: tuple(said) for id_, *said in psycopg.Cursor(connection).execute(query.encode(), parameters)}


def value_of(checked: Checked) -> tuple[str, dict[str, object]]:
    """SQL of the value of an expression, as text that shows all of it."""
    writer = Writer(checked, Profiles(), NOW)
    assert checked.tree is not None
    found = writer.piece(checked.tree)
    assert not writer.problems, (checked.text, writer.problems)
    if isinstance(found, Rows):
        is_json = checked.type == LIST_OF_OBJECTS
        element = found.value if is_json else _shown(found.value, found.offset, checked.type.element)
        listed = f"coalesce(jsonb_agg({element} ORDER BY {found.ordered()}){FILTER}, '[]')::text"
        return found.aggregate(listed, unless_null=True), writer.parameters
    return _shown(found.text, found.offset, checked.type), writer.parameters


def _shown(text: str, offset: str, type_: Type | None) -> str:
    return f"({text})::text || ' ' || trim_scale({offset})::text" if type_ == DATE_TIME else f"({text})::text"


def shown(value: object) -> str | None:
    """A value of the other compiler in the same form."""
    if value is None:
        return None
    if isinstance(value, list):
        return json.dumps([item if isinstance(item, dict) else shown(item) for item in value])
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        offset = value.utcoffset()
        found = instant(value) if offset is not None else value
        text = found if isinstance(found, str) else found.isoformat(sep=" ")  # type: ignore[attr-defined]
        clock, *era = text.split(" BC")
        clock = clock.rstrip("0").removesuffix(".") if "." in clock else clock
        text = " BC".join([clock, *era])
        return text if offset is None else f"{text} {int(offset.total_seconds())}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str((value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds)
    return repr(value) if isinstance(value, float) else str(value)
