"""One profile, whole: for the page about a person and for the export they may ask for."""

from typing import Any

from engine.masking import masked, masked_call, masked_url
from engine.models import Audience, Delivery, Discard, Event, Identity, Instance, Membership, Profile, StepEvent
from engine.shards import shard_of


def find(*, sandbox_id: int, profile_id: int) -> Profile | None:
    """The profile; for one that was merged away, the one it lives on in."""
    for _ in range(100):
        profile = Profile.objects.filter(shard=shard_of(profile_id), id=profile_id, sandbox_id=sandbox_id).first()
        if profile is None or profile.merged_into is None:
            return profile
        profile_id = profile.merged_into
    return None


def export(*, sandbox_id: int, profile_id: int) -> dict[str, Any] | None:
    """Everything kept about a person, as JSON, without the secrets of the systems that were asked about them."""
    profile = find(sandbox_id=sandbox_id, profile_id=profile_id)
    if profile is None:
        return None
    runs = Instance.objects.filter(shard=profile.shard, profile_id=profile.id)
    memberships = Membership.objects.filter(shard=profile.shard, profile_id=profile.id)
    names = dict(Audience.objects.filter(sandbox=sandbox_id).values_list("id", "name"))
    return {
        "profile": {
            "id": str(profile.id),
            "attributes": profile.attributes,
            "created_at": profile.created_at.isoformat(),
            "updated_at": profile.updated_at.isoformat(),
        },
        "identities": list(Identity.objects.filter(profile_id=profile.id).values("namespace", "value", "created_at")),
        "audiences": [
            {"name": names[one.audience_id], "is_member": one.is_member, "since": one.changed_at,
             "attributes": one.attributes or {}}
            for one in memberships.order_by("audience_id") if one.audience_id in names
        ],
        "events": list(
            Event.objects.filter(profile_id=profile.id).order_by("received_at").values(
                "name", "message_id", "payload", "outcomes", "occurred_at", "received_at")
        ),
        "journeys": [
            {**run, "context": {**run["context"], "actions": masked(run["context"].get("actions", {}))}}
            for run in runs.order_by("entered_at").values(
                "id", "journey_id", "version_id", "key", "state", "node", "port", "entered_at", "ended_at", "context")
        ],
        "steps": list(
            StepEvent.objects.filter(shard=profile.shard, profile_id=profile.id).order_by("at", "id").values(
                "at", "journey_id", "version_id", "instance_id", "node", "port", "status", "details")
        ),
        "messages": [
            # Calls that were made by an earlier release kept their secrets.
            {**message, "recipient": masked_url(message["recipient"] or ""), "content": masked_call(message["content"])}
            if message["channel"] == "http" and message["content"] else message
            for message in Delivery.objects.filter(profile_id=profile.id).order_by("created_at").values(
                "id", "channel", "state", "recipient", "content", "error", "created_at", "finished_at")
        ],
        "discards": list(
            Discard.objects.filter(profile_id=profile.id).order_by("at").values("at", "event", "code", "details")
        ),
    }  # fmt: skip
