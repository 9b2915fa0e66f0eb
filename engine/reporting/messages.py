"""Deliveries: every message and call, what became of it, and what exactly was sent."""

from typing import Any

from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform

from engine.masking import masked, masked_call, masked_url
from engine.models import CaughtMail, Definition, Delivery
from engine.reporting.paging import Found, page
from engine.reporting.people import matching_profiles, names_of
from engine.reporting.positions import labels_of
from engine.shards import SHARDS

MOST_MATCHES = 200
OUTCOME_UNKNOWN = "unknown"  # asked for like a state


def list_messages(
    *,
    sandbox_id: int,
    state: str = "",
    channel: str = "",
    journey_id: int | None = None,
    recipient: str = "",
    profile_ids: list[int] | None = None,
    cursor: str = "",
    limit: int = 50,
) -> Found[dict[str, Any]]:
    """Deliveries without content, the newest first. `recipient`: part of an address, or the start of an identity.

    `state`: one of theirs, or `unknown` for those that may have arrived more than once.
    """
    rows = Delivery.objects.filter(sandbox_id=sandbox_id)
    if state == OUTCOME_UNKNOWN:
        rows, state = rows.filter(outcomes_unknown__gt=0), ""
    if profile_ids is not None:
        rows = rows.filter(profile_id__in=profile_ids)
    wanted = {"state": state, "channel": channel, "journey_id": journey_id}
    conditions = [Q(**{name: value}) for name, value in wanted.items() if value]
    if recipient:
        people = matching_profiles(sandbox_id, recipient, MOST_MATCHES)
        conditions.append(Q(recipient__icontains=recipient) | Q(profile_id__in=people))
    rows = rows.defer("content", "response").annotate(
        subject=KeyTextTransform("subject", "content"), method=KeyTextTransform("method", "content")
    )
    where = None
    for condition in conditions:
        where = condition if where is None else where & condition
    found = page(rows, by="created_at", where=where, cursor=cursor, limit=limit)
    return Found(rows=_shown(found.rows), next=found.next, is_partial=found.is_partial)


def message_of(*, sandbox_id: int, delivery_id: int) -> dict[str, Any] | None:
    """One delivery with its content and the answer, and whether the local mail catcher received it."""
    found = Delivery.objects.filter(shard__in=range(SHARDS), id=delivery_id, sandbox_id=sandbox_id)
    delivery = found.annotate(
        subject=KeyTextTransform("subject", "content"), method=KeyTextTransform("method", "content")
    ).first()
    if delivery is None:
        return None
    content = delivery.content or {}
    caught = CaughtMail.objects.filter(message_id__startswith=f"<{delivery.id}@").order_by("received_at").first()
    return {
        **_shown([delivery])[0],
        "content": masked_call(content) if content and _is_call(delivery) else content,
        "response": masked(delivery.response),
        "due_at": delivery.due_at,
        "caught": caught,
    }


def _shown(rows: list[Any]) -> list[dict[str, Any]]:
    names = names_of({row.profile_id for row in rows})
    known = Definition.objects.filter(version_id__in={row.version_id for row in rows}).defer("graph", "properties")
    definitions = known.in_bulk()
    labels = labels_of({(row.version_id, row.node) for row in rows})
    return [
        {
            "id": row.id,
            "channel": row.channel,
            "state": row.state,
            "recipient": masked_url(row.recipient or "") if _is_call(row) else row.recipient or "",
            "subject": row.subject or "",
            "method": row.method or "",
            "profile_id": row.profile_id,
            "person": names.get(row.profile_id, f"Profile {row.profile_id}"),
            "journey_id": row.journey_id,
            "version_id": row.version_id,
            "journey": str(definitions[row.version_id]) if row.version_id in definitions else "",
            "node": labels.get((row.version_id, row.node), row.node),
            "attempts": row.attempts,
            "outcomes_unknown": row.outcomes_unknown,
            "duplicates_prevented": row.duplicates_prevented,
            "error_code": row.error_code or "",
            "error": row.error or "",
            "created_at": row.created_at,
            "finished_at": row.finished_at,
        }
        for row in rows
    ]


def _is_call(delivery: Any) -> bool:
    """Whether it may hold secrets in its content: calls that were made by an earlier release kept theirs."""
    return bool(delivery.channel == "http")
