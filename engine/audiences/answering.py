"""Business events that came are answered: by a run for each open version that begins with them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from engine.activities.business_event import BusinessEvent as BeginsWith
from engine.audiences.reading import OPEN, State, new_run, reading_of
from engine.definition.matching import selected, taken_apart
from engine.models import BusinessEvent, Definition, Event, EventDefinition, ReadRun
from engine.store.ids import BLOCK

AT_ONCE = 100  # events in one transaction
NOBODY = 0  # whose the event is, in the history

Outcome = dict[str, Any]


def answer(now: datetime) -> int:
    """Make the runs that business events ask for, in their order, and put the events into the history. How many.

    Each event is taken with its runs in one transaction: killed anywhere, none is lost, and none is answered twice.
    """
    total = 0
    while taken := _answer_some(now):
        total += taken
    return total


def _answer_some(now: datetime) -> int:
    with transaction.atomic():
        # Not skipped when another process holds them: a later event must not overtake an earlier one.
        events = list(BusinessEvent.objects.select_for_update().order_by("id")[:AT_ONCE])
        if not events:
            return 0
        outcomes = [
            [outcome for name in event.definitions for outcome in _outcomes(event, name, now)] for event in events
        ]
        _keep_history(events, outcomes)
        BusinessEvent.objects.filter(pk__in=[event.pk for event in events]).delete()
    return len(events)


def _outcomes(event: BusinessEvent, name: str, now: datetime) -> Iterator[Outcome]:
    """Make the runs that an event asks for as this definition, and say what it did in which version."""
    defined = EventDefinition.objects.filter(sandbox=event.sandbox_id, name=name).first()
    begins = {"type": BeginsWith.face.kind, "settings": {"event": name}}
    versions = Definition.objects.filter(
        sandbox_id=event.sandbox_id, status__in=OPEN, graph__nodes__contains=[begins],
        deployed_at__lte=event.received_at,
    )  # fmt: skip
    said = selected(event.payload, taken_apart(defined.fields)) if defined and defined.fields else event.payload
    is_used = False
    for definition in versions.order_by("version_id"):
        is_used = True
        did = _make_run(definition, event, said, now)
        yield {"definition": name, "journey": definition.journey_name, "version": definition.version_id, "did": did}
    if not is_used:
        yield {"definition": name, "did": "EVENT_WITH_NO_JOURNEY"}


def _make_run(definition: Definition, event: BusinessEvent, said: dict[str, Any], now: datetime) -> str:
    """The run of one version because of this event, unless only the first event counts; what came of it, in a word."""
    reading = reading_of(definition)
    assert reading is not None
    answered = ReadRun.objects.filter(version_id=definition.version_id).exclude(state=State.SKIPPED)
    if not reading.every_time and answered.exists():
        return "answeredBefore"
    run = new_run(definition, reading, due_at=event.received_at, now=now)
    run.event_id, run.event = event.pk, said
    run.save(force_insert=True)
    return "PAUSED_JOURNEY_VERSION" if run.state == State.SKIPPED else "read"


def _keep_history(events: list[BusinessEvent], outcomes: list[list[Outcome]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('engine_id_block') FROM generate_series(1, %s)", [len(events)])
        ids = [number * BLOCK for (number,) in cursor.fetchall()]
    Event.objects.bulk_create(
        Event(
            id=id, shard=NOBODY, sandbox_id=event.sandbox_id, profile_id=NOBODY, name=event.name,
            message_id=event.message_id, payload=event.payload, outcomes=did, occurred_at=event.occurred_at,
            received_at=event.received_at,
        )
        for id, event, did in zip(ids, events, outcomes, strict=True)
    )  # fmt: skip
