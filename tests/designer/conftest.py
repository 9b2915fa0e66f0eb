"""The cast: Ada works in the shop's sandbox; Mallory works in another one and must see nothing of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from designer.actions.create_journey import create_journey
from designer.actions.publish import publish
from designer.actions.save_draft import save_draft
from designer.models import Membership, Role, Version
from engine.models import EventDefinition, Sandbox

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

ORDER = {
    "type": "object",
    "properties": {
        "event": {"type": "string"},
        "userId": {"type": "string"},
        "properties": {
            "type": "object",
            "properties": {"order_id": {"type": "string"}, "total": {"type": "number"}},
        },
    },
}

GRAPH: dict[str, Any] = {
    "nodes": [
        {
            "id": "event-1",
            "type": "event",
            "label": "",
            "description": "",
            "settings": {"event": "OrderPlaced"},
            "position": {"x": 0, "y": 0},
        },
        {
            "id": "wait-1",
            "type": "wait",
            "label": "",
            "description": "",
            "settings": {"duration": "P2D"},
            "position": {"x": 264, "y": 0},
        },
    ],
    "edges": [{"from": {"node": "event-1", "port": "next"}, "to": "wait-1"}],
    "ends": [],
}


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def shop(db: None) -> Sandbox:
    sandbox = Sandbox.objects.create(name="shop", title="Shop")
    EventDefinition.objects.create(
        sandbox=sandbox,
        name="OrderPlaced",
        rule='@event{OrderPlaced.event} == "Order Placed"',
        schema=ORDER,
        namespace="userId",
    )
    return sandbox


@pytest.fixture
def elsewhere(db: None) -> Sandbox:
    return Sandbox.objects.create(name="elsewhere", title="Elsewhere")


def member(name: str, sandbox: Sandbox, role: str) -> User:
    user = User.objects.create_user(name)
    Membership.objects.create(user=user, sandbox=sandbox, role=role)
    return user


@pytest.fixture
def ada(shop: Sandbox) -> User:
    return member("ada", shop, Role.ADMINISTRATOR)


@pytest.fixture
def mallory(elsewhere: Sandbox) -> User:
    return member("mallory", elsewhere, Role.ADMINISTRATOR)


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def browser(ada: User) -> Client:
    return logged_in(ada)


@pytest.fixture
def stranger(mallory: User) -> Client:
    return logged_in(mallory)


@pytest.fixture
def draft(shop: Sandbox, ada: User) -> Version:
    return create_journey(sandbox=shop, name="Thank you", by=ada, now=NOW)


@pytest.fixture
def ready(draft: Version, ada: User) -> Version:
    """A draft without problems."""
    save_draft(draft, graph=GRAPH, revision=draft.revision, by=ada, now=NOW)
    draft.refresh_from_db()
    return draft


@pytest.fixture
def live(ready: Version, ada: User) -> Version:
    return publish(ready, by=ada, now=NOW)


@pytest.fixture
def in_status(ready: Version, ada: User) -> Callable[[str], Version]:
    """A version in any status, brought there by the moves that lead there."""
    from designer.actions.close import close
    from designer.actions.pause import pause
    from designer.actions.stop import stop
    from engine import control

    def bring(status: str) -> Version:
        if status != "draft":
            publish(ready, by=ada, now=NOW)
        if status in ("paused", "resuming"):
            pause(ready, by=ada, now=NOW)
        if status == "resuming":
            ready.move("resume", pause_mode="", resumes_at=None)
            control.resume(version_id=ready.pk, now=NOW)
        if status in ("closed", "finished"):
            close(ready, by=ada, now=NOW)
        if status == "stopped":
            stop(ready, by=ada, now=NOW)
        if status == "finished":
            ready.move("finish")
            control.finish(version_id=ready.pk, now=NOW)
        return ready

    return bring
