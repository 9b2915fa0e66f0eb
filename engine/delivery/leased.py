"""A delivery in a courier's hands: what it is to become, and what is noted of it."""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from engine.activities.base import HttpCall, Mail
from engine.definition.compile import Plan
from engine.expressions import Facts
from engine.instance import Instance, events_in
from engine.interpreter import journey_properties
from engine.logs import about
from engine.masking import masked_call, masked_url


@dataclass(frozen=True, kw_only=True, slots=True)
class Leased:
    """A leased delivery. `context` is None when its instance has ended: then it is not wanted any more."""

    shard: int
    id: int
    sandbox_id: int
    profile_id: int
    version_id: int
    instance_id: int
    node: str
    visit: int
    channel: str
    attempts: int
    created_at: datetime
    context: dict[str, Any] | None
    key: str | None
    entered_at: datetime | None
    attributes: dict[str, Any] | None
    audiences: list[str] = field(default_factory=list)  # those that the person is in

    def about(self) -> dict[str, int]:
        """What a log line about it carries."""
        return about(
            sandbox=self.sandbox_id, version=self.version_id, instance=self.instance_id, profile=self.profile_id,
            delivery=self.id,
        )  # fmt: skip


@dataclass(kw_only=True, slots=True)
class Outcome:
    """What came of a delivery, as it is noted. `told`: what its instance hears; None when nobody waits for it.

    `postponed` is for one that could not be tried at all: it is due again after that. `unknown`: attempts that were
    followed by another although they may have arrived. `is_late`: the lease was lost before it was made; it was not.
    """

    delivery: Leased
    state: str
    recipient: str | None = None
    content: dict[str, Any] | None = None
    response: dict[str, Any] | None = None
    error_code: str | None = None
    error: str | None = None
    told: dict[str, Any] | None = None
    postponed: timedelta | None = None
    unknown: int = 0
    is_late: bool = False
    began: float = field(default_factory=time.monotonic)

    def keep(self, thing: Mail | HttpCall) -> None:
        """Keep to whom it goes, and what, for people to see: without the secrets of a call."""
        if isinstance(thing, Mail):
            self.recipient, self.content = thing.to, thing.as_json()
        else:
            self.recipient, self.content = masked_url(thing.url), masked_call(thing.as_json())

    def tell(self, *, is_ok: bool, code: str, response: dict[str, Any] | None, message: str = "") -> None:
        """Have the instance hear this."""
        self.told = {
            "instance": self.delivery.instance_id,
            "node": self.delivery.node,
            "visit": self.delivery.visit,
            "is_ok": is_ok,
            "code": code,
            "elapsed_ms": round((time.monotonic() - self.began) * 1000),
            "response": response,
            "message": message,
        }

    def as_row(self) -> dict[str, Any]:
        return {
            "shard": self.delivery.shard,
            "id": self.delivery.id,
            "state": self.state,
            "recipient": self.recipient,
            "content": self.content,
            "response": self.response,
            "error_code": self.error_code,
            "error": self.error,
            "unknown": self.unknown,
            "told": self.told,
        }


def build(plan: Plan, delivery: Leased, now: datetime) -> Mail | HttpCall:
    """The message or call of a delivery, for its person as they are now. Raises when it cannot be."""
    behaviour = plan.behaviours[delivery.node]
    assert behaviour.build is not None
    assert delivery.context is not None
    instance = Instance(
        id=delivery.instance_id,
        profile_id=delivery.profile_id,
        key=delivery.key or "",
        state="active",
        node=delivery.node,
        port=None,
        visit=delivery.visit,
        timers={},
        wake_at=now,
        entered_at=delivery.entered_at or now,
        moved_at=now,
        expires_at=now,
        ended_at=None,
        context=delivery.context,
    )
    built = behaviour.build(
        Facts(
            events_in(delivery.context),
            {"Profile": {"attributes": delivery.attributes or {}}},
            delivery.context.get("actions", {}),
            {},
            {},
            journey_properties(plan, instance),
            dict.fromkeys(delivery.audiences, "realized"),
            now,
        )
    )
    assert isinstance(built, Mail | HttpCall)
    return built
