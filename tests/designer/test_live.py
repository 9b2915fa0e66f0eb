"""What open canvases hear, over the real socket and the real NOTIFY."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from asgiref.sync import sync_to_async
from channels.routing import URLRouter
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from designer import live
from designer.actions.close import close
from designer.actions.create_journey import create_journey
from designer.actions.publish import publish
from designer.actions.save_draft import save_draft
from designer.live import LiveFeed, difference
from designer.models import Version
from designer.routing import websocket_urlpatterns
from engine.models import Counter
from tests.designer.conftest import GRAPH, NOW, member
from tests.designer.sockets import Socket

pytestmark = pytest.mark.django_db(transaction=True)
application = URLRouter(websocket_urlpatterns)


@pytest.fixture
async def feed() -> AsyncIterator[LiveFeed]:
    feed = LiveFeed()
    yield feed
    await feed.stop()
    LiveFeed.of_process = None


@pytest.fixture
def published(transactional_db: None, shop: Any, ada: Any) -> Version:
    version = create_journey(sandbox=shop, name="Thank you", by=ada, now=NOW)
    save_draft(version, graph=GRAPH, revision=1, by=ada, now=NOW)
    return publish(version, by=ada, now=NOW)


def socket(version: Version, user: Any) -> Socket:
    return Socket(application, f"/ws/versions/{version.pk}/", user)


@sync_to_async
def count(version: Version, entered: int, *, minute: int = 0) -> None:
    """What the engine does: add to the counters, then say so."""
    Counter.objects.create(
        version_id=version.pk, node="", port="", metric="entered",
        minute=NOW + timedelta(minutes=minute), writer=1, value=entered,
    )  # fmt: skip
    live.tell(version.pk)


async def test_a_canvas_gets_a_snapshot_and_then_what_changes(feed: LiveFeed, published: Version, ada: Any) -> None:
    canvas = socket(published, ada)
    await canvas.open()
    snapshot = await canvas.hear("snapshot")
    assert snapshot["status"] == "live"

    await count(published, 3)
    first = await canvas.hear("counts")
    await count(published, 4, minute=1)
    second = await canvas.hear("counts")

    assert first["counts"]["journey"]["entered"] == 3
    assert second["counts"]["journey"]["entered"] == 7
    assert [first["seq"], second["seq"]] == [snapshot["seq"] + 1, snapshot["seq"] + 2]
    await canvas.leave()


async def test_many_moves_in_a_moment_become_few_messages(feed: LiveFeed, published: Version, ada: Any) -> None:
    canvas = socket(published, ada)
    await canvas.open()
    await canvas.hear("snapshot")

    for minute in range(20):
        await count(published, 1, minute=minute)
    messages = 0
    while (await canvas.hear("counts"))["counts"]["journey"]["entered"] < 20:
        messages += 1

    assert messages <= 3
    await canvas.leave()


async def test_a_canvas_hears_that_its_version_was_closed(feed: LiveFeed, published: Version, ada: Any) -> None:
    canvas = socket(published, ada)
    await canvas.open()
    await canvas.hear("snapshot")

    await sync_to_async(close)(published, by=ada, now=NOW)

    assert (await canvas.hear("status"))["status"] == "closed"
    await canvas.leave()


async def test_the_feed_finds_its_way_back_after_a_lost_connection(
    feed: LiveFeed, published: Version, ada: Any
) -> None:
    canvas = socket(published, ada)
    await canvas.open()
    await canvas.hear("snapshot")
    await count(published, 1)
    await canvas.hear("counts")

    await _hang_up_on_listeners()
    await count(published, 5, minute=1)  # nobody listens now

    assert (await canvas.hear("counts"))["counts"]["journey"]["entered"] == 6
    await canvas.leave()


@sync_to_async
def _hang_up_on_listeners() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND query LIKE 'LISTEN%%'"
        )
        assert cursor.rowcount >= 1


async def test_who_is_not_logged_in_is_sent_to_log_in(feed: LiveFeed, published: Version) -> None:
    canvas = socket(published, AnonymousUser())
    await canvas.open()

    assert await canvas.closed_with() == 4401


async def test_another_sandboxs_canvas_stays_closed(feed: LiveFeed, published: Version, mallory: Any) -> None:
    canvas = socket(published, mallory)
    await canvas.open()

    assert await canvas.closed_with() == 4403
    assert not feed._watched


async def test_nonsense_from_a_browser_or_on_the_channel_hurts_nobody(
    feed: LiveFeed, published: Version, ada: Any
) -> None:
    canvas = socket(published, ada)
    await canvas.open()
    await canvas.hear("snapshot")

    for nonsense in ("{", "[]", '{"type": "follow"}', '{"type": "follow", "instance": "1; DROP"}', "null"):
        await canvas.say(nonsense)
    with psycopg.connect(**live._address(), autocommit=True) as sender:
        for payload in ("", "{}", '["a"]', "[999999]"):
            sender.execute("SELECT pg_notify('engine_moved', %s)", [payload])
    await canvas.say(json.dumps({"type": "snapshot"}))

    assert (await canvas.hear("snapshot"))["type"] == "snapshot"
    await canvas.leave()


async def test_a_version_is_forgotten_with_its_last_viewer(feed: LiveFeed, published: Version, ada: Any) -> None:
    one, other = socket(published, ada), socket(published, ada)
    await one.open()
    await other.open()
    await one.leave()
    assert published.pk in feed._watched

    await other.leave()
    await asyncio.sleep(0)

    assert not feed._watched


async def test_the_snapshot_and_the_changes_bring_a_canvas_to_the_present(
    feed: LiveFeed, published: Version, shop: Any, ada: Any
) -> None:
    grace = await sync_to_async(member)("grace", shop, "viewer")
    early = socket(published, ada)
    await early.open()
    seen = (await early.hear("snapshot"))["counts"]
    await count(published, 2)
    await count(published, 9, minute=1)
    while seen.get("journey", {}).get("entered") != 11:
        seen = apply(seen, (await early.hear("counts"))["counts"])

    late = socket(published, grace)
    await late.open()
    present = (await late.hear("snapshot"))["counts"]

    assert seen == present
    await early.leave()
    await late.leave()


def apply(state: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    return {part: {**state.get(part, {}), **change.get(part, {})} for part in ("journey", "nodes", "ports")}


BEFORE = {"journey": {"entered": 2}, "nodes": {"a": {"waiting": 2}, "b": {"waiting": 1}}, "ports": {"a.next": 1}}


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (BEFORE, {}),
        ({**BEFORE, "journey": {"entered": 3}}, {"journey": {"entered": 3}}),
        ({**BEFORE, "nodes": {"a": {"waiting": 1}, "b": {"waiting": 1}}}, {"nodes": {"a": {"waiting": 1}}}),
        ({**BEFORE, "nodes": {"b": {"waiting": 1}}}, {"nodes": {"a": {"waiting": 0}}}),
        ({**BEFORE, "ports": {"a.next": 1, "b.next": 4}}, {"ports": {"b.next": 4}}),
    ],
)
def test_only_what_changed_is_said(after: dict[str, Any], said: dict[str, Any]) -> None:
    assert difference(BEFORE, after) == said
